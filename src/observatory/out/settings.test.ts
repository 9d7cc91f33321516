import { expect, test } from "bun:test";
import { readOutSettings } from "./settings.ts";

test("nothing is sent unless somebody says where", () => {
  expect(readOutSettings({ MESHWISE_OTLP_PROTOCOL: "grpc" })).toBeUndefined();
  expect(readOutSettings({ MESHWISE_OTLP_ENDPOINT: "http://10.0.0.1:4318" })).toMatchObject({
    protocol: "http/protobuf",
    headers: {},
    signals: ["traces", "metrics", "logs"],
  });
});

test("headers are percent-encoded, signals can be chosen", () => {
  const settings = readOutSettings({
    MESHWISE_OTLP_ENDPOINT: "https://collector.example",
    MESHWISE_OTLP_PROTOCOL: "grpc",
    MESHWISE_OTLP_HEADERS: "authorization=Bearer%20abc, X-Team=shop",
    MESHWISE_OTLP_SIGNALS: "logs, traces",
  });

  expect(settings).toMatchObject({
    protocol: "grpc",
    headers: { authorization: "Bearer abc", "x-team": "shop" },
    signals: ["traces", "logs"],
  });
});

test.each([
  ["MESHWISE_OTLP_ENDPOINT", "collector:4318"],
  ["MESHWISE_OTLP_PROTOCOL", "http/json"],
  ["MESHWISE_OTLP_HEADERS", "authorization"],
  ["MESHWISE_OTLP_HEADERS", "a=%0d%0ab"],
  ["MESHWISE_OTLP_SIGNALS", "traces,profiles"],
])("%s=%s is told to be wrong", (name, value) => {
  expect(readOutSettings({ MESHWISE_OTLP_ENDPOINT: "http://10.0.0.1:4318", [name]: value })).toContain(name);
});
