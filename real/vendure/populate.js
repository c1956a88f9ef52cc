'use strict';
/** Makes the database: taxes, methods, a few products. Net prices in euros; the gross channel is made by the test. */
const path = require('node:path');
const { bootstrap, ChannelService, JobQueueService, RequestContext } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config');

async function start() {
  const app = await bootstrap(config);
  const channels = app.get(ChannelService);
  const { id } = await channels.getDefaultChannel();
  const euros = { defaultCurrencyCode: 'EUR', availableCurrencyCodes: ['EUR'] };
  await channels.update(RequestContext.empty(), { id, ...euros, pricesIncludeTax: false, trackInventory: true });
  await app.get(JobQueueService).start();
  return app;
}

populate(start, path.join(__dirname, 'initial.json'), path.join(__dirname, 'products.csv'))
  .then(app => app.close())
  .then(
    () => process.exit(0),
    error => {
      console.error(error);
      process.exit(1);
    },
  );
