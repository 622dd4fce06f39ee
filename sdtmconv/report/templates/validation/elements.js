// Elements are made from texts, never from markup: what data hold is shown, not run.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

const SIGNS = { error: "✖", warning: "▲", note: "●" };
const badge = (severity) =>
  make("span", { class: `badge ${severity}` }, make("span", { "aria-hidden": "true" }, SIGNS[severity]), ` ${severity[0].toUpperCase()}${severity.slice(1)}`);

// A heading that sorts: `sort` holds what is sorted by, and is changed.
const sortHeading = (title, by, sort, onsort, attributes = {}) => {
  const direction = sort.by === by ? (sort.down ? "descending" : "ascending") : "none";
  const arrow = { ascending: "▲", descending: "▼", none: "" }[direction];
  const toggle = () => {
    sort.down = sort.by === by && !sort.down;
    sort.by = by;
    onsort(by);
  };
  return make("th", { scope: "col", "aria-sort": direction, ...attributes },
    make("button", { type: "button", class: "sort", "data-by": by, onclick: toggle }, title, make("span", { "aria-hidden": "true", class: "arrow" }, arrow)));
};

// Pages through `count` things; `view` holds the first shown one, and is changed.
const makePager = (count, view, size, noun, onturn) => {
  if (count <= size) return null;
  const last = Math.min(view.first + size, count);
  const turn = (direction, event) => {
    view.first = Math.max(0, view.first + direction * size);
    onturn(event.target.className);
  };
  const button = (name, title, direction, disabled) => make("button", { type: "button", class: name, disabled, onclick: (event) => turn(direction, event) }, title);
  return make("p", { class: "pager" },
    button("previous", "Previous", -1, view.first === 0),
    button("next", "Next", 1, last === count),
    make("span", {}, ` ${number(view.first + 1)} to ${number(last)} of ${plural(count, noun)}`));
};
