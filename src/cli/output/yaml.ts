// YAML of the same documents that JSON shows. The package is loaded only when somebody asks for it: start-up time.

export async function yaml(document: unknown): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
