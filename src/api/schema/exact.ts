// Schemas of types that are written elsewhere: the model's own types are the truth, and a schema that has a field too few,
// too many, or of another type does not type-check.
import { z } from "@hono/zod-openapi";

type Fields<T> = {
  [Key in keyof T]-?: undefined extends T[Key]
    ? z.ZodOptional<z.ZodType<Exclude<T[Key], undefined>>>
    : z.ZodType<T[Key]>;
};

/** `exactly<Coverage>()({ spans: …, missing: … })` */
export function exactly<T>() {
  return <Shape extends Fields<T>>(
    shape: Shape & Record<Exclude<keyof Shape, keyof T>, never>,
  ): z.ZodType<T> & z.ZodObject => z.strictObject(shape as z.ZodRawShape) as unknown as z.ZodType<T> & z.ZodObject;
}
