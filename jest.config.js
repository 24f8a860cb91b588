// Only ESM in these; jest runs CommonJS, so they are transformed like our own sources.
const ESM_ONLY = ['jose', 'temporal-polyfill', 'temporal-utils'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`, '<rootDir>/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  // Workers share two cores with PostgreSQL and Temporal.
  maxWorkers: 2,
  // What test files leave in a worker's memory adds up to gigabytes, and collecting it to most of the time: it is begun anew then.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 30_000,
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'lcov'],
  collectCoverageFrom: ['src/lending/**/*.ts', 'src/ledger/**/*.ts'],
  coverageThreshold: {
    './src/lending/': { branches: 95 },
    './src/ledger/': { branches: 95 },
  },
};
