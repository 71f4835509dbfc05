/** A model version as MLflow's people name it: by an alias, or by its number. */
export interface MlflowRef {
  readonly name: string;
  readonly by: { readonly alias: string } | { readonly version: string };
}

const OURS = /^mlflow:\/(?<name>[^/]+)\/(?<which>[^/]+)$/;
const ALIAS = /^models:\/(?<name>[^/@]+)@(?<which>[^/@]+)$/;
const NUMBER = /^models:\/(?<name>[^/@]+)\/(?<which>\d+)$/;

/**
 * Reads `mlflow:/NAME/ALIAS` or `mlflow:/NAME/VERSION`, and MLflow's own `models:/NAME@ALIAS` and
 * `models:/NAME/VERSION`; undefined where the text is none of them. Names may be percent-encoded.
 */
export function parseMlflowUri(uri: string): MlflowRef | undefined {
  const { name, which } = (OURS.exec(uri) ?? ALIAS.exec(uri) ?? NUMBER.exec(uri))?.groups ?? {};
  if (name === undefined || which === undefined) return undefined;
  const [model, version] = [decode(name), decode(which)];
  if (model === undefined || version === undefined) return undefined;
  return { name: model, by: /^\d+$/.test(version) ? { version } : { alias: version } };
}

/** undefined: a percent sign that encodes nothing. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
