// The styles on which the learner was made.
import { coined, date, drawn, HEX, number, oneOf, prefixed, two, uuid, workload } from "./pools.ts";
import { routes, type Style } from "./style.ts";

export const STYLES: readonly Style[] = [
  {
    name: "code hosting",
    routes: routes(`
      GET /user 5
      GET /users/{login} 5
      GET /users/{login}/repos 3
      GET /users/{login}/followers
      GET /orgs/{login} 2
      GET /orgs/{login}/members
      GET /repos/{login}/{repo} 9
      GET /repos/{login}/{repo}/issues 6
      POST /repos/{login}/{repo}/issues 2
      GET /repos/{login}/{repo}/issues/{n} 6
      POST /repos/{login}/{repo}/issues/{n}/comments 2
      GET /repos/{login}/{repo}/pulls 4
      GET /repos/{login}/{repo}/pulls/{n} 4
      PUT /repos/{login}/{repo}/pulls/{n}/merge
      GET /repos/{login}/{repo}/commits 4
      GET /repos/{login}/{repo}/commits/{sha} 4
      GET /repos/{login}/{repo}/branches 2
      GET /repos/{login}/{repo}/releases/latest 2
      GET /repos/{login}/{repo}/git/trees/{sha}
      GET /repos/{login}/{repo}/actions/runs/{n}
      GET /gists/{gist} 2
      GET /search/issues 2
      GET /search/repositories 2
      GET /notifications 2
      GET /rate_limit`),
    pools: {
      login: oneOf(coined(300, [1, 1, 2])),
      repo: oneOf(coined(400, [1, 2])),
      n: number(9000),
      sha: drawn(HEX, 40),
      gist: drawn(HEX, 32),
    },
  },
  {
    name: "payments",
    routes: routes(`
      GET /v1/balance 3
      GET /v1/balance_transactions 2
      GET /v1/balance_transactions/{txn}
      POST /v1/charges 5
      GET /v1/charges 2
      GET /v1/charges/{ch} 5
      POST /v1/charges/{ch}/capture
      POST /v1/refunds 2
      GET /v1/refunds/{re}
      POST /v1/customers 3
      GET /v1/customers/{cus} 6
      DELETE /v1/customers/{cus}
      GET /v1/customers/{cus}/sources 2
      GET /v1/customers/{cus}/sources/{card}
      POST /v1/payment_intents 6
      GET /v1/payment_intents/{pi} 6
      POST /v1/payment_intents/{pi}/confirm 5
      POST /v1/payment_intents/{pi}/cancel
      GET /v1/payment_methods/{pm} 2
      POST /v1/payment_methods/{pm}/attach
      GET /v1/invoices 2
      GET /v1/invoices/upcoming
      GET /v1/invoices/{in} 3
      POST /v1/invoices/{in}/finalize
      GET /v1/subscriptions/{sub} 3
      GET /v1/subscription_items
      GET /v1/products/{prod}
      GET /v1/prices
      GET /v1/coupons
      GET /v1/payouts
      GET /v1/disputes/{dp}
      GET /v1/events 2
      GET /v1/events/{evt} 2
      GET /v1/webhook_endpoints
      GET /v1/files/{file}
      GET /v1/tokens/{tok}
      GET /v1/transfers
      GET /v1/accounts/{acct}
      GET /v1/application_fees
      GET /v1/setup_intents
      GET /v1/tax_rates
      GET /v1/credit_notes
      GET /v1/terminal/readers
      GET /v1/radar/early_fraud_warnings
      GET /v1/issuing/cards
      GET /v1/mandates
      GET /v1/topups
      GET /v1/quotes
      GET /v1/shipping_rates`),
    pools: Object.fromEntries(
      ["txn", "ch", "re", "cus", "card", "pi", "pm", "in", "sub", "prod", "dp", "evt", "file", "tok", "acct"].map(
        (name) => [name, prefixed(name, name === "cus" ? 14 : 24)],
      ),
    ),
  },
  {
    name: "shop",
    routes: routes(`
      GET / 8
      GET /products 6
      GET /products/{slug} 20
      GET /products/{slug}/reviews 5
      POST /products/{slug}/reviews
      GET /products/search 5
      GET /categories 2
      GET /categories/{category} 8
      GET /cart 5
      POST /cart/items 5
      PATCH /cart/items/{n} 2
      DELETE /cart/items/{n}
      POST /cart/coupons/{coupon}
      POST /checkout 3
      GET /orders 2
      GET /orders/{order} 4
      POST /orders/{order}/cancel
      GET /account 2
      GET /account/addresses/{n}
      POST /login 3
      POST /logout
      GET /wishlist
      GET /{locale}/help`),
    pools: {
      slug: oneOf(coined(600, [2, 3, 2, 4])),
      category: oneOf(coined(60, [1, 1, 2])),
      n: number(100_000),
      coupon: drawn("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 10),
      order: uuid,
      locale: oneOf(["en", "de", "fr", "es"]),
    },
  },
  {
    name: "cluster",
    routes: routes(`
      GET /healthz 6
      GET /version
      GET /api/v1/nodes 2
      GET /api/v1/nodes/{node} 4
      PATCH /api/v1/nodes/{node}/status 4
      GET /api/v1/namespaces 2
      GET /api/v1/namespaces/{ns} 2
      GET /api/v1/namespaces/{ns}/pods 6
      GET /api/v1/namespaces/{ns}/pods/{pod} 8
      PATCH /api/v1/namespaces/{ns}/pods/{pod}/status 5
      GET /api/v1/namespaces/{ns}/pods/{pod}/log 2
      POST /api/v1/namespaces/{ns}/pods/{pod}/eviction
      GET /api/v1/namespaces/{ns}/services 3
      GET /api/v1/namespaces/{ns}/services/{svc} 3
      GET /api/v1/namespaces/{ns}/configmaps/{svc} 3
      GET /api/v1/namespaces/{ns}/secrets/{svc} 2
      GET /api/v1/namespaces/{ns}/endpoints/{svc} 3
      POST /api/v1/namespaces/{ns}/events 4
      GET /apis/apps/v1/namespaces/{ns}/deployments 3
      GET /apis/apps/v1/namespaces/{ns}/deployments/{svc} 4
      PATCH /apis/apps/v1/namespaces/{ns}/deployments/{svc}/scale
      GET /apis/apps/v1/namespaces/{ns}/replicasets 2
      GET /apis/batch/v1/namespaces/{ns}/jobs/{job} 2
      GET /apis/networking.k8s.io/v1/namespaces/{ns}/ingresses
      PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node} 6`),
    pools: {
      ns: oneOf(coined(60, [1, 2, 2])),
      svc: workload,
      node: (random) => `ip-10-0-${random.u32() % 8}-${random.u32() % 256}.ec2.internal`,
      pod: (random) =>
        `${workload(random)}-${drawn("bcdf4567", 5)(random)}${drawn("89ghjk2", 5)(random)}-${drawn("bcdfghjklmnpqrstvwxz2456789", 5)(random)}`,
      job: (random) => `${workload(random)}-${28_000_000 + (random.u32() % 500_000)}`,
    },
  },
  {
    name: "blog",
    routes: routes(`
      GET / 8
      GET /about
      GET /archive
      GET /feed.xml 4
      GET /robots.txt
      GET /sitemap.xml
      GET /{year}/{month} 2
      GET /{year}/{month}/{day}/{slug} 20
      GET /tags 1
      GET /tags/{tag} 5
      GET /authors/{author} 4
      GET /days/{date} 2
      POST /comments 2
      GET /api/posts/{slug}/comments 8
      POST /api/posts/{slug}/likes 3`),
    pools: {
      year: (random) => String(2010 + (random.u32() % 16)),
      month: two(12),
      day: two(28),
      date,
      slug: oneOf(coined(500, [3, 4, 5])),
      tag: oneOf(coined(80, [1, 1, 2])),
      author: oneOf(coined(50, [2])),
    },
  },
  {
    name: "single endpoints",
    routes: routes(`
      POST /graphql 20
      POST /soap/v2/OrderService 5
      POST /soap/v2/CustomerService 4
      POST /rpc/getUserInfo 3
      POST /rpc/listOrders 3
      POST /rpc/createInvoice 2
      POST /shop.v1.CartService/AddItem 6
      POST /shop.v1.CartService/GetCart 6
      POST /shop.v1.PaymentService/Charge 3
      GET /graphql/schema`),
    pools: {},
  },
  {
    name: "files",
    routes: routes(`
      GET / 5
      GET /index.html 3
      GET /favicon.ico 4
      GET /manifest.json 2
      GET /assets/{hash}.js 12
      GET /assets/{hash}.css 6
      GET /assets/fonts/inter.woff2 3
      GET /_next/static/chunks/{chunk}.js 8
      GET /images/{photo}.jpg 10
      GET /images/logo.svg 3
      GET /media/{upload}/{file}.pdf 2
      GET /downloads/v2.4.1/setup.zip`),
    pools: {
      hash: (random) => `${oneOf(["app", "vendor", "main", "cart"])(random)}.${drawn(HEX, 8)(random)}`,
      chunk: (random) => `${1 + (random.u32() % 900)}-${drawn(HEX, 16)(random)}`,
      photo: oneOf(coined(300, [2, 3])),
      upload: uuid,
      file: oneOf(coined(300, [2, 3])),
    },
  },
];
