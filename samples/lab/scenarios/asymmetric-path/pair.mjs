/** A failing sample of this scenario and its healthy twin, taken, marked and judged by the same functions. */

/**
 * `failing` and `mended`: what the row of each says (`mended` has no `wrong`). `marks(isFailing)`,
 * `take(lab, isFailing)` and `faults(told, isFailing)` know which of the two it is.
 */
export function pairOf({ file, failing, mended, differs, marks, take, faults }) {
  const twin = file.replace('.', '-healthy.');
  const sample = (isFailing) => ({
    marks: marks(isFailing),
    take: (lab) => take(lab, isFailing),
    faults: (_, told) => faults(told, isFailing),
  });
  return [
    { file, ...failing, twin, differs, ...sample(true) },
    { file: twin, ...mended, wrong: null, ...sample(false) },
  ];
}
