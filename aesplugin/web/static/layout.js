// Where each tile of a gallery stands: rows of tiles, in chunks that are loaded at once. Each day of
// a gallery by time begins a row of its own, under a heading.
const TILES = 60; // a chunk, at the least

// `days` is a list of {count} (with a heading each where `heading` px are given for it); `columns`
// tiles stand in a row, which takes `row` px.
export function planned(days, { columns, row, heading }) {
  const rows = Math.max(2, Math.ceil(TILES / columns));
  const [sections, chunks] = [[], []];
  let [first, top, chunk] = [0, 0, null];
  for (const day of days) {
    const section = { ...day, first, top };
    sections.push(section);
    for (let left = day.count; left > 0; ) {
      if (!chunk || chunk.rows >= rows) chunks.push((chunk = { first, top, count: 0, rows: 0 }));
      const taken = Math.min(left, (rows - chunk.rows) * columns);
      if (left === day.count) top += heading;
      top += Math.ceil(taken / columns) * row;
      chunk.rows += Math.ceil(taken / columns);
      chunk.count += taken;
      chunk.bottom = top;
      first += taken;
      left -= taken;
    }
    section.bottom = top;
  }
  return { sections, chunks, columns, height: top };
}

// Of a list in order the last whose `field` is not above the value; the first where none is.
export function lastAt(list, field, value) {
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (list[middle][field] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The place an arrow leads to; outside of the gallery at its ends. Up and down stay in the column, or
// go to the end of a row that is shorter.
export function beside(plan, index, key) {
  if (key === "ArrowLeft") return index - 1;
  if (key === "ArrowRight") return index + 1;
  const at = lastAt(plan.sections, "first", index);
  const { first, count } = plan.sections[at];
  const [row, column] = [Math.floor((index - first) / plan.columns), (index - first) % plan.columns];
  const last = Math.floor((count - 1) / plan.columns);
  const inRow = (section, number) => section.first + Math.min(number * plan.columns + column, section.count - 1);
  if (key === "ArrowUp") {
    if (row > 0) return index - plan.columns;
    const above = plan.sections[at - 1];
    return above ? inRow(above, Math.floor((above.count - 1) / plan.columns)) : -1;
  }
  if (row < last) return inRow(plan.sections[at], row + 1);
  return plan.sections[at + 1] ? inRow(plan.sections[at + 1], 0) : Infinity;
}
