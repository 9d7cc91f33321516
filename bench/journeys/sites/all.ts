// Sites of different shapes, none of which discovery was told about.
import type { Site, Visit } from "./visit.ts";

/** Pages by the server, forms that redirect, assets, a beacon on each page. */
const shop: Site = {
  name: "shop",
  goal: "POST /checkout",
  steps: ["GET /product/{id}", "POST /cart", "GET /checkout", "POST /checkout"],
  visit(v) {
    const page = (name: string) => v.ask(name, "GET /static/{file}.css", "GET /static/{file}.js", "POST /beacon");
    page(v.oneOf("GET /", "GET /category/{slug}", "GET /product/{id}"));
    for (let looks = 0; v.chance(0.7) && looks < 12; looks++) {
      v.think();
      if (v.chance(0.2)) page("GET /search");
      else if (v.chance(0.3)) page("GET /category/{slug}");
      else page("GET /product/{id}");
    }
    if (!v.chance(0.35)) return;
    v.think();
    page("GET /product/{id}");
    v.think();
    v.ask("POST /cart", "GET /cart");
    if (v.chance(0.4)) {
      v.think();
      page("GET /product/{id}");
      v.think();
      v.ask("POST /cart", "GET /cart");
    }
    if (!v.chance(0.45)) return;
    v.think();
    page("GET /checkout");
    if (v.chance(0.3)) {
      v.think();
      v.ask("POST /coupon", "GET /checkout");
    }
    if (!v.chance(0.6)) return;
    v.think(40);
    v.ask("POST /checkout", "GET /thanks");
    if (v.chance(0.3)) {
      v.think();
      page("GET /orders/{id}");
      if (v.chance(0.1)) v.ask("POST /orders/{id}/cancel", "GET /orders/{id}");
    }
  },
};

/** One page; everything is calls of an API, several at once, with a poll in the background. */
const spa: Site = {
  name: "single-page",
  goal: "POST /api/orders",
  steps: ["GET /api/products/{id}", "POST /api/cart/items", "POST /api/orders"],
  visit(v) {
    const idle = () => {
      for (let polls = v.oneOf(0, 1, 2, 3); polls > 0; polls--) v.ask("GET /api/notifications");
      v.think();
    };
    v.together("GET /", "GET /api/me", "GET /api/products", "GET /api/notifications");
    idle();
    for (let looks = 0; v.chance(0.75) && looks < 10; looks++) {
      if (v.chance(0.3)) v.together("GET /api/me", "GET /api/products");
      else
        v.together(
          "GET /api/me",
          "GET /api/products/{id}",
          "GET /api/products/{id}/reviews",
          "GET /api/recommendations",
        );
      idle();
    }
    if (!v.chance(0.4)) return;
    v.together("GET /api/me", "GET /api/products/{id}", "GET /api/products/{id}/reviews", "GET /api/recommendations");
    idle();
    v.ask("POST /api/cart/items", "GET /api/cart");
    idle();
    if (v.chance(0.2)) {
      v.ask("DELETE /api/cart/items/{id}", "GET /api/cart");
      return;
    }
    if (!v.chance(0.5)) return;
    v.together("GET /api/me", "GET /api/cart", "GET /api/shipping-options");
    v.think(40);
    if (v.chance(0.7)) v.ask("POST /api/orders", "GET /api/orders/{id}");
  },
};

/** People look at prices and papers, sign up, confirm by mail, begin a project. Names say nothing of methods. */
const saas: Site = {
  name: "sign-up",
  goal: "create project",
  steps: ["open sign-up", "submit sign-up", "verify e-mail", "create project"],
  visit(v) {
    v.ask(v.oneOf("home", "pricing", "blog", "docs"));
    for (let pages = 0; v.chance(0.6) && pages < 8; pages++) {
      v.think(25);
      v.ask(v.oneOf("home", "pricing", "blog", "docs", "docs", "features"));
    }
    if (!v.chance(0.3)) return;
    v.think();
    v.ask("open sign-up");
    if (!v.chance(0.6)) return;
    v.think(40);
    v.ask("submit sign-up");
    if (v.chance(0.2)) {
      v.think(8);
      v.ask("submit sign-up");
    }
    if (!v.chance(0.75)) return;
    v.think(90);
    v.ask("verify e-mail");
    v.think();
    v.ask("open dashboard");
    if (!v.chance(0.5)) return;
    v.think();
    v.ask("create project");
    if (v.chance(0.5)) {
      v.think();
      v.ask("open dashboard");
    }
  },
};

const tickets: Site = {
  name: "tickets",
  goal: "POST /bookings/{id}/payment",
  steps: ["GET /events/{id}", "GET /events/{id}/seats", "POST /holds", "POST /bookings", "POST /bookings/{id}/payment"],
  visit(v) {
    v.ask("GET /events", "GET /img/{id}.jpg");
    for (let looks = 0; v.chance(0.65) && looks < 8; looks++) {
      v.think();
      v.ask(v.oneOf("GET /events/{id}", "GET /events/{id}", "GET /venues/{id}", "GET /events"));
    }
    if (!v.chance(0.5)) return;
    v.think();
    v.ask("GET /events/{id}");
    v.think();
    v.ask("GET /events/{id}/seats");
    for (let tries = 0; v.chance(0.3) && tries < 4; tries++) {
      v.think(6);
      v.ask("GET /events/{id}/seats");
    }
    if (!v.chance(0.6)) return;
    v.think(30);
    v.ask("POST /holds", "GET /holds/{id}");
    if (v.chance(0.25)) {
      v.think(30);
      v.ask("DELETE /holds/{id}", "GET /events/{id}/seats");
      return;
    }
    v.think();
    v.ask("POST /bookings");
    if (!v.chance(0.7)) return;
    v.think(30);
    v.ask("POST /bookings/{id}/payment", "GET /bookings/{id}/tickets");
  },
};

/** Everybody signs in and out; most only look at their accounts. */
const bank: Site = {
  name: "bank",
  goal: "POST /transfers/{id}/confirmation",
  steps: ["POST /login", "GET /accounts", "GET /transfers/new", "POST /transfers", "POST /transfers/{id}/confirmation"],
  visit(v) {
    const leave = () => {
      v.think();
      if (v.chance(0.7)) v.ask("POST /logout", "GET /goodbye");
    };
    v.ask("GET /login");
    v.think();
    v.ask("POST /login");
    if (v.chance(0.1)) {
      v.think();
      v.ask("POST /login");
    }
    v.ask("GET /accounts");
    for (let looks = 0; v.chance(0.5) && looks < 6; looks++) {
      v.think();
      v.ask(v.oneOf("GET /accounts/{id}", "GET /accounts", "GET /messages", "GET /cards"));
    }
    if (!v.chance(0.35)) return leave();
    v.think();
    v.ask("GET /accounts");
    v.think();
    v.ask("GET /transfers/new");
    if (v.chance(0.15)) return leave();
    v.think(40);
    v.ask("POST /transfers", "GET /transfers/{id}/confirmation");
    if (v.chance(0.2)) return leave();
    v.think(30);
    v.ask("POST /transfers/{id}/confirmation", "GET /transfers/{id}");
    leave();
  },
};

/** Programs: no thought, no pages, a poll for the result. */
const api: Site = {
  name: "API alone",
  goal: "POST /v1/uploads/{id}/publish",
  steps: ["POST /v1/token", "POST /v1/uploads", "PUT /v1/uploads/{id}/parts/{n}", "POST /v1/uploads/{id}/publish"],
  visit(v: Visit) {
    const next = () => v.think(0.05 * (1 + 3 * Number(v.chance(0.2))));
    v.ask("POST /v1/token");
    next();
    v.ask("GET /v1/projects");
    for (let reads = 0; v.chance(0.5) && reads < 8; reads++) {
      next();
      v.ask(v.oneOf("GET /v1/projects/{id}", "GET /v1/uploads/{id}", "GET /v1/projects"));
    }
    if (!v.chance(0.5)) return;
    next();
    v.ask("POST /v1/uploads");
    for (let parts = v.oneOf(1, 2, 3, 5); parts > 0; parts--) {
      next();
      v.ask("PUT /v1/uploads/{id}/parts/{n}");
    }
    if (v.chance(0.3)) return;
    next();
    v.ask("GET /v1/uploads/{id}");
    next();
    v.ask("POST /v1/uploads/{id}/publish");
    next();
    if (v.chance(0.5)) v.ask("GET /v1/uploads/{id}");
  },
};

/** Pages only, from a log of a cache: what is done can be seen by the page that follows alone. */
const course: Site = {
  name: "course",
  goal: "certificate",
  steps: ["enrol", "lesson", "quiz", "exam", "certificate"],
  visit(v) {
    v.ask("catalog");
    for (let looks = 0; v.chance(0.5) && looks < 5; looks++) {
      v.think();
      v.ask(v.oneOf("course", "course", "catalog", "teacher"));
    }
    if (!v.chance(0.5)) return;
    v.think();
    v.ask("course");
    v.think();
    v.ask("enrol");
    for (let lessons = 1 + v.oneOf(0, 1, 2, 3); lessons > 0; lessons--) {
      v.think(60);
      v.ask("lesson");
      if (v.chance(0.15)) return;
      v.think(60);
      v.ask("quiz");
    }
    if (!v.chance(0.6)) return;
    v.think();
    v.ask("exam");
    if (!v.chance(0.7)) return;
    v.think(120);
    v.ask("certificate");
    if (v.chance(0.2)) {
      v.think();
      v.ask("catalog");
    }
  },
};

export const SITES: readonly Site[] = [shop, spa, saas, tickets, bank, api, course];
