// One key of it: the rest is not bundled.
export { version } from '../../package.json';
