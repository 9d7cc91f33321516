// What the messages of all three signals share (opentelemetry-proto, common/v1 and resource/v1).
import { type Message, many, message, one, scalar } from "../protobuf/message.ts";

/** One of them is there; none: an empty value. */
export type AnyValue = {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: bigint;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  readonly bytesValue?: Uint8Array;
};

export type KeyValue = { readonly key?: string; readonly value?: AnyValue };

export const ANY_VALUE: Message<AnyValue> = message({
  stringValue: scalar(1, "string"),
  boolValue: scalar(2, "bool"),
  intValue: scalar(3, "int64"),
  doubleValue: scalar(4, "double"),
  arrayValue: one(5, () => ARRAY_VALUE),
  kvlistValue: one(6, () => KEY_VALUE_LIST),
  bytesValue: scalar(7, "bytes"),
});

export const KEY_VALUE: Message<KeyValue> = message({ key: scalar(1, "string"), value: one(2, () => ANY_VALUE) });

const ARRAY_VALUE = message({ values: many(1, () => ANY_VALUE) });
const KEY_VALUE_LIST = message({ values: many(1, () => KEY_VALUE) });

export const SCOPE = message({
  name: scalar(1, "string"),
  version: scalar(2, "string"),
  attributes: many(3, () => KEY_VALUE),
  droppedAttributesCount: scalar(4, "uint32"),
});

export const RESOURCE = message({
  attributes: many(1, () => KEY_VALUE),
  droppedAttributesCount: scalar(2, "uint32"),
});

/** What the door says of the part of a request that it did not take; the field's name depends on the signal, in JSON. */
const PARTIAL_SUCCESS = message({ rejected: scalar(1, "int64"), errorMessage: scalar(2, "string") });

/** ExportTraceServiceResponse and its two likes are the same on the wire. */
export const EXPORT_RESPONSE = message({ partialSuccess: one(1, () => PARTIAL_SUCCESS) });

/** google.rpc.Status, the body of an HTTP refusal */
export const RPC_STATUS = message({ code: scalar(1, "enum"), message: scalar(2, "string") });
