/** What pdfkit does and its published types do not say yet. */
declare namespace PDFKit.Mixins {
  interface AnnotationOption {
    structParent?: PDFKit.PDFStructureElement;
  }
  interface StructureElementOptions {
    /** Left, top, right, bottom, in points from the top left corner. */
    bbox?: [number, number, number, number];
  }
  interface PDFImage {
    /** Throws when the bytes are no picture it can read. */
    openImage(bytes: Buffer): { width: number; height: number };
  }
}
