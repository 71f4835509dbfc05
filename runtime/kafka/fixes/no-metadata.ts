/** The part of kafkajs's Cluster that asks brokers which topics there are. */
export interface MetadataSource {
  metadata(of?: { readonly topics?: readonly string[] }): Promise<object | null>;
}

/**
 * Tells that no broker could be asked. kafkajs 2.2.4 then gives null for metadata, and whoever wants it fails with
 * "Cannot read properties of null".
 */
export function refuseNoMetadata(original: MetadataSource): MetadataSource {
  return {
    async metadata(this: MetadataSource, of) {
      const metadata = await original.metadata.call(this, of);
      if (metadata === null) throw new Error('no broker could be asked which topics there are');
      return metadata;
    },
  };
}
