// The list of problems: a table whose rows open to what is known of each.
const LISTED = 50;
const STATE_RANK = (problem) => problem.states.reduce((least, state) => Math.min(least, state), data.states.length);
const SORTS = {
  severity: (problem) => problem.order,
  place: (problem) => problem.place,
  problem: (problem) => problem.message,
  rule: (problem) => problem.rule,
  findings: (problem) => countShown(problem),
  state: (problem) => STATE_RANK(problem),
};

const sortProblems = (listed, sort) => {
  const keys = new Map(listed.map((problem) => [problem, SORTS[sort.by](problem)]));
  const sign = sort.down ? -1 : 1;
  return [...listed].sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    return one < other ? -sign : one > other ? sign : a.order - b.order;
  });
};

const makeFact = (title, ...content) => [make("dt", {}, title), make("dd", {}, ...content)];

const makeValues = ({ frequent, others }) => [
  frequent.map(([value, count]) => make("span", { class: "value" }, make("code", {}, value), ` × ${number(count)} `)),
  others ? make("span", {}, `and ${plural(others, "other value")}`) : null,
];

const makeExplanation = (entry) => make("div", { class: "explanation" },
  make("p", {}, entry.explanation),
  make("p", { class: "quiet" }, `${entry.owner}: ${entry.decision} (${entry.place})`));

const makeDetails = (problem, printed, reveal) => {
  const rule = data.rules[problem.rule];
  const related = findRelated(problem);
  const { count, names } = problem.subjects;
  const facts = make("dl", {},
    makeFact("Rule", make("a", { href: `#rule-${problem.rule}` }, problem.rule), `: ${rule.title}`),
    makeFact("Source", rule.source),
    makeFact("What to do", rule.remedy),
    problem.frequent.length ? makeFact("Values", ...makeValues(problem).flat()) : [],
    count ? makeFact("Subjects", names.length ? names.join(", ") : number(count)) : [],
    related.length ? makeFact("Same rule, same subjects", related.slice(0, 12).map((other) =>
      make("button", { type: "button", class: "plain", onclick: () => reveal(other) }, `${other.place} (${number(other.count)})`))) : [],
    problem.entries.length ? makeFact("findings.yaml", problem.entries.slice(0, 5).map(makeExplanation)) : []);
  const act = make("p", { class: "act" }, make("button", { type: "button", onclick: () => showEntry(problem, null) }, "Explain all of these"));
  return make("div", { class: "details" }, make("div", {}, facts, act), problem.columns.length ? makeRecords(problem, printed) : null);
};

const makeStates = (problem) => countStates(problem)
  .map((count, state) => (count ? make("span", { class: `state ${data.states[state]}` }, `${count === problem.size ? "" : `${number(count)} `}${data.states[state]}`) : null));

// Draws the list in an element; gives how to show other problems, and how to print.
const makeList = (place, reveal) => {
  const view = { first: 0 };
  const sort = { by: "severity", down: false };
  let listed = problems;

  const makeRow = (problem, printed) => {
    const open = problem.open || printed > 0;
    const id = `problem-${problem.order + 1}`;
    const toggle = () => {
      problem.open = !problem.open;
      draw(`#${id} .toggle`);
    };
    const shown = countShown(problem);
    const row = make("tr", { id, class: `problem ${problem.severity}` },
      make("td", {}, badge(problem.severity)),
      make("th", { scope: "row" }, make("button", { type: "button", class: "toggle", "aria-expanded": String(open), onclick: toggle }, make("span", { "aria-hidden": "true", class: "marker" }, open ? "▾" : "▸"), make("code", {}, problem.place))),
      make("td", {}, problem.message),
      make("td", { class: "id" }, problem.rule),
      make("td", { class: "number" }, problem.shown ? `${number(shown)} of ${number(problem.count)}` : number(shown)),
      make("td", { class: "states" }, makeStates(problem)));
    return open ? [row, make("tr", { class: `opened ${problem.severity}` }, make("td", { colspan: "6" }, makeDetails(problem, printed, reveal)))] : [row];
  };

  const draw = (focus, printing = false) => {
    const sorted = sortProblems(listed, sort);
    const printed = printing ? Math.max(1, Math.min(MOST_PRINTED, Math.floor(MOST_ON_PAPER / sorted.length))) : 0;
    const shown = printing ? sorted : sorted.slice(view.first, view.first + LISTED);
    const onsort = (by) => {
      view.first = 0;
      draw(`[data-by="${by}"]`);
    };
    const heading = (title, by, attributes) => sortHeading(title, by, sort, onsort, attributes);
    const table = make("table", { class: "summary problems" },
      make("caption", {}, "One row per rule, place and message, the gravest first; what is explained comes last. A row opens to what to do and to its records."),
      make("thead", {}, make("tr", {}, heading("Severity", "severity"), heading("Place", "place"), heading("Problem", "problem"), heading("Rule", "rule"), heading("Findings", "findings", { class: "number" }), heading("State", "state"))),
      make("tbody", {}, shown.flatMap((problem) => makeRow(problem, printed))));
    const pager = printing ? null : makePager(sorted.length, view, LISTED, "problem", (name) => draw(`#list > .pager .${name}:enabled, #list > .pager button:enabled`));
    place.replaceChildren(...[make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of problems" }, table), pager].filter(Boolean));
    if (focus) document.querySelector(focus)?.focus();
  };

  return {
    show: (wanted) => {
      listed = wanted;
      view.first = 0;
      draw();
    },
    open: (problem) => {
      problem.open = true;
      view.first = Math.max(0, Math.floor(sortProblems(listed, sort).indexOf(problem) / LISTED) * LISTED);
      draw(`#problem-${problem.order + 1} .toggle`);
    },
    print: () => draw(undefined, true),
    redraw: () => draw(),
  };
};
