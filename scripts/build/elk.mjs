// What the library that draws diagrams finds in `elkjs`' place.
// oxlint-disable-next-line import/no-default-export -- so it is asked for
export { Layouter as default } from '../../src/core/artifacts/diagramLayout';
