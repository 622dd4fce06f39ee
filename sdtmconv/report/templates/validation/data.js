// What was found, and which of it a filter shows.
const data = JSON.parse(document.getElementById("data").textContent);
const LEFT = data.states.map((state) => state !== "explained");

const number = (value) => value.toLocaleString("en");
const plural = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

const problems = data.problems.map((problem, order) => ({ ...problem, order, open: false, shown: null }));
for (const problem of problems) {
  const entries = [...new Set(problem.explained_by)].filter((at) => at >= 0).map((at) => data.explanations[at]);
  const { title } = data.rules[problem.rule];
  problem.entries = entries;
  problem.size = problem.states.length; // fewer than count where the page has not all records
  problem.head = [problem.place, problem.rule, title, problem.message, ...entries.flatMap((entry) => [entry.explanation, entry.owner, entry.decision])]
    .join(" ").toLowerCase();
}

// The texts of all records, each once: a word is looked for in them, not in every record.
let lowered = null;
const findTexts = (word) => {
  lowered ??= data.texts.map((text) => text.toLowerCase());
  return Uint8Array.from(lowered, (text) => (text.includes(word) ? 1 : 0));
};

// A word is looked for in what the whole problem says, and else in each of its records.
const selectRecords = (problem, words, states) => {
  const rest = words.filter(({ word }) => !problem.head.includes(word));
  if (!rest.length && !states) return null;
  const selected = [];
  for (let at = 0; at < problem.size; at += 1) {
    if (states && !states[problem.states[at]]) continue;
    if (rest.every(({ texts }) => problem.records.some((column) => texts[column[at]]))) selected.push(at);
  }
  return selected;
};

const countShown = (problem) => (problem.shown ? problem.shown.length : problem.count);

// Gives the problems that a filter shows; each then knows which of its records are shown.
const applyFilter = (filter) => {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean).map((word) => ({ word, texts: findTexts(word) }));
  const states = filter.state === "left" ? LEFT : filter.state && data.states.map((state) => state === filter.state);
  return problems.filter((problem) => {
    for (const name of ["severity", "dataset", "rule"]) {
      if (filter[name] && filter[name] !== problem[name]) return false;
    }
    problem.shown = selectRecords(problem, words, states);
    return problem.shown === null || problem.shown.length > 0;
  });
};

const countStates = (problem) => {
  const counts = data.states.map(() => 0);
  for (const state of problem.states) counts[state] += 1;
  return counts;
};

// Problems of the same rule about the same few subjects: most often one cause.
const findRelated = (problem) => {
  const names = problem.subjects.names.join("\n");
  return names ? problems.filter((other) => other !== problem && other.rule === problem.rule && other.subjects.names.join("\n") === names) : [];
};
