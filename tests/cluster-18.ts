export { embedded as default } from './cluster.ts'
