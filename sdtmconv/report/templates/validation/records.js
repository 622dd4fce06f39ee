// The records of one problem: a table that pages and sorts.
const ROWS = 10;
const MOST_PRINTED = 50;
const MOST_ON_PAPER = 2000;

const listRecords = (problem) => problem.shown ?? Array.from({ length: problem.size }, (_, at) => at);

const sortRecords = (problem, records, sort) => {
  if (sort.by === null) return records;
  const texts = sort.by === "state" ? null : problem.records[sort.by];
  const keys = new Map(records.map((at) => [at, texts ? data.texts[texts[at]] : problem.states[at]]));
  const numeric = records.every((at) => keys.get(at) === "" || !Number.isNaN(Number(keys.get(at))));
  const key = numeric ? (at) => (keys.get(at) === "" ? -Infinity : Number(keys.get(at))) : (at) => keys.get(at);
  const sign = sort.down ? -1 : 1;
  return records.sort((a, b) => {
    const [one, other] = [key(a), key(b)];
    return one < other ? -sign : one > other ? sign : a - b;
  });
};

const makeRecord = (problem, at) => make("tr", {},
  problem.records.map((column) => make("td", {}, data.texts[column[at]])),
  make("td", { class: `state ${data.states[problem.states[at]]}` }, data.states[problem.states[at]]),
  make("td", { class: "act" }, make("button", { type: "button", class: "plain", onclick: () => showEntry(problem, at), "aria-label": `Explain record ${problem.records.map((column) => data.texts[column[at]]).join(" ")}` }, "Explain")));

// `printed` is how many records go on paper; 0 on the screen, where they are paged.
const makeRecords = (problem, printed) => {
  const place = make("div", { class: "records" });
  const view = { first: 0 };
  const sort = { by: null, down: false };
  const draw = (focus) => {
    const records = sortRecords(problem, listRecords(problem), sort);
    const size = printed || ROWS;
    const shown = records.slice(view.first, view.first + size);
    const onsort = (by) => {
      view.first = 0;
      draw(`[data-by="${by}"]`);
    };
    const total = problem.shown ? `${number(records.length)} matching of ${plural(problem.count, "record")}` : plural(problem.count, "record");
    const missing = problem.count - problem.size;
    const table = make("table", {},
      make("caption", {}, printed && records.length > size ? `First ${size} of ${total}` : total),
      make("thead", {}, make("tr", {},
        problem.columns.map((name, at) => sortHeading(name, at, sort, onsort)),
        sortHeading("State", "state", sort, onsort),
        make("td", { class: "act" }))),
      make("tbody", {}, shown.map((at) => makeRecord(problem, at))));
    place.replaceChildren(
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Records of ${problem.place}: ${problem.message}` }, table),
      ...[printed ? null : makePager(records.length, view, size, "record", (name) => draw(`.${name}:enabled, .pager button:enabled`)),
        missing ? make("p", { class: "limit" }, `This page holds the first ${number(problem.size)} of them; validation.xlsx and validation.json have all.`) : null].filter(Boolean));
    if (focus) place.querySelector(focus)?.focus();
  };
  draw();
  return place;
};
