import type { Segment } from '@scoreline/core/drift/segments.ts';
import type { QueryParams } from '@scoreline/runtime/clickhouse/database.ts';

/**
 * SQL of the segments that a row of `lead_scores` counts for: all leads (`''`), and each segment whose level it has. It
 * multiplies rows, so it stands in a SELECT of its own. Rows that carry another number of bins are another model's.
 */
export function segmentsOfRow(segments: readonly Segment[]): string {
  if (segments.length === 0) return `''`;
  return `arrayJoin(arrayPushFront(arrayFilter((segment_name, segment_feature, segment_bin) -> length(bins) = {featureCount:UInt32} AND bins[segment_feature] = segment_bin,
            {segments:Array(String)}, {segmentFeatures:Array(UInt32)}, {segmentBins:Array(UInt16)}), ''))`;
}

/** The parameters that `segmentsOfRow` needs; arrays count from 1. */
export function segmentParams(segments: readonly Segment[], featureCount: number): QueryParams {
  return {
    featureCount,
    segments: segments.map(({ name }) => name),
    segmentFeatures: segments.map(({ feature }) => feature + 1),
    segmentBins: segments.map(({ bin }) => bin),
  };
}
