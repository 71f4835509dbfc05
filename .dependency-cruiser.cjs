'use strict';
/** Who may import whom (ARCHITECTURE.md, "The house"). */
module.exports = {
  forbidden: [
    rule('core-imports-nothing', '^core/', '^(?!core/)', { pathNot: '\\.test\\.ts$' }),
    rule('runtime-imports-core', '^runtime/', '^(pipeline|services|cli|infra|test|bench)/'),
    rule('pipeline-imports-core-and-runtime', '^pipeline/', '^(services|cli|infra|test|bench)/'),
    rule('services-import-no-tools', '^services/', '^(cli|infra|test|bench)/', { pathNot: '\\.test\\.ts$' }),
    {
      name: 'services-never-import-each-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    // What bench/neighbours runs is what others would write, from the same libraries.
    rule('kafkajs-in-its-room', '^(?!(runtime/kafka|bench/neighbours/scripts)/)', 'node_modules/kafkajs/'),
    rule('avsc-in-its-room', '^(?!(runtime/avro|schemas|bench/neighbours/scripts)/)', 'node_modules/avsc/'),
    rule(
      'onnxruntime-in-its-room',
      '^(?!(runtime/onnx|bench/neighbours/scripts)/)',
      'node_modules/onnxruntime-node/',
    ),
    rule('platformatic-kafka-in-its-room', '^(?!bench/neighbours/scripts/)', 'node_modules/@platformatic/'),
    rule(
      'neighbours-import-core',
      '^bench/neighbours/scripts/',
      '^(runtime|pipeline|services|cli|infra|test)/',
    ),
    rule('clickhouse-client-in-its-room', '^(?!(runtime/clickhouse|test)/)', 'node_modules/@clickhouse/'),
    rule('aws-sdk-in-its-room', '^(?!runtime/artifacts/)', 'node_modules/@aws-sdk/'),
    rule('chdb-in-its-room', '^(?!infra/local/)', 'node_modules/chdb/'),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/.*/node_modules/' },
    tsPreCompilationDeps: true,
    // TypeScript 7 has no API for tools yet: swc parses, and is seen to find type imports too.
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

function rule(name, from, to, more = {}) {
  return { name, severity: 'error', from: { path: from, ...more }, to: { path: to } };
}
