/** `<name>@<version>` of a model package, as MODEL and CANDIDATE name it too. */
export type VersionRef = `${string}@${string}`;

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** The reference of a name and a version; undefined where one isn't in the alphabet of the manifest's schema. */
export function toVersionRef(model: string, version: string): VersionRef | undefined {
  return NAME.test(model) && VERSION.test(version) ? `${model}@${version}` : undefined;
}

/** Reads `<name>@<version>`; undefined where the text isn't one. */
export function parseVersionRef(text: string): VersionRef | undefined {
  const at = text.indexOf('@');
  return at === -1 ? undefined : toVersionRef(text.slice(0, at), text.slice(at + 1));
}

/** Name and version of a reference. */
export function splitVersionRef(ref: VersionRef): { readonly model: string; readonly version: string } {
  const at = ref.indexOf('@');
  return { model: ref.slice(0, at), version: ref.slice(at + 1) };
}
