'use strict';
/** A small Vendure shop for tests: loopback only, SQLite in memory that is kept in one file, nothing sent outside. */
const path = require('node:path');
const core = require('@vendure/core');
const { webhookPlugin } = require('./webhook-plugin');

const { SHOP_PORT, SHOP_FOLDER, SHOP_PASSWORD, HOOK_URL, HOOK_SECRET } = process.env;

exports.config = {
  apiOptions: {
    hostname: '127.0.0.1', // an empty one would listen on every interface
    port: Number(SHOP_PORT),
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
    cors: { origin: [], credentials: true },
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    requireVerification: false,
    superadminCredentials: { identifier: 'superadmin', password: SHOP_PASSWORD },
    cookieOptions: { secret: SHOP_PASSWORD },
  },
  dbConnectionOptions: {
    type: 'sqljs',
    location: path.join(SHOP_FOLDER, 'shop.sqlite'),
    autoSave: true,
    synchronize: true,
    logging: false,
  },
  logger: new core.DefaultLogger({ level: core.LogLevel.Warn }),
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: SHOP_FOLDER },
  customFields: {},
  plugins: [
    core.DefaultJobQueuePlugin.init({ pollInterval: 200 }),
    core.DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: true }),
    ...(HOOK_URL ? [webhookPlugin({ url: HOOK_URL, secret: HOOK_SECRET })] : []),
  ],
};
