export { debian15 as default } from './cluster.ts'
