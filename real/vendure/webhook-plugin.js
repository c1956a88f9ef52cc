'use strict';
/**
 * Tells Shopbridge of orders: a plugin for the `plugins` of a Vendure server's configuration.
 *
 *   const { webhookPlugin } = require('./webhook-plugin');
 *   plugins: [ …, webhookPlugin({ url: 'https://…/hooks/my-shop/webhooks', secret: process.env.SHOPBRIDGE_SECRET }) ]
 *
 * A call carries an order's id and no more. It is signed with HMAC-SHA256 over the bytes of its body, anew at each
 * attempt, and the job queue repeats it until it is answered with 2xx.
 */
const { createHmac } = require('node:crypto');
const { Inject } = require('@nestjs/common');
const { EventBus, JobQueueService, OrderStateTransitionEvent, PluginCommonModule, VendurePlugin } = require('@vendure/core');

const CARTS = new Set(['Created', 'Draft', 'AddingItems', 'ArrangingPayment']);
const SECONDS = 10;
const RETRIES = 10;

async function post({ url, secret }, told) {
  const body = JSON.stringify({ ...told, sentAt: new Date().toISOString() });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-shopbridge-signature': signature };
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(SECONDS * 1000) });
  if (!answer.ok) throw new Error(`Shopbridge answered ${answer.status}`);
}

function webhookPlugin(options) {
  if (!options?.url || !options?.secret) throw new Error('webhookPlugin needs a url and a secret');

  class ShopbridgeWebhookPlugin {
    constructor(eventBus, jobs) {
      this.eventBus = eventBus;
      this.jobs = jobs;
    }

    async onModuleInit() {
      this.queue = await this.jobs.createQueue({ name: 'shopbridge-webhook', process: job => post(options, job.data) });
    }

    onApplicationBootstrap() {
      this.subscription = this.eventBus.ofType(OrderStateTransitionEvent).subscribe(event => this.tell(event));
    }

    onModuleDestroy() {
      this.subscription?.unsubscribe();
    }

    tell({ order, fromState, toState }) {
      if (CARTS.has(toState)) return;
      const told = { event: 'order.state', orderId: String(order.id), orderCode: order.code, from: fromState, to: toState };
      this.queue.add(told, { retries: RETRIES }).catch(error => console.error('Shopbridge:', error));
    }
  }

  // Plain JavaScript has no decorators: they are called as functions.
  Inject(EventBus)(ShopbridgeWebhookPlugin, undefined, 0);
  Inject(JobQueueService)(ShopbridgeWebhookPlugin, undefined, 1);
  VendurePlugin({ imports: [PluginCommonModule], compatibility: '^3.0.0' })(ShopbridgeWebhookPlugin);
  return ShopbridgeWebhookPlugin;
}

module.exports = { webhookPlugin };
