// Reads PromQL expressions as a JSON list; answers, for each, the metrics and labels that it names, or where it is broken.
const { parser } = require("@prometheus-io/lezer-promql");
const { readFileSync } = require("node:fs");

const answers = JSON.parse(readFileSync(0, "utf8")).map((expression) => {
  const found = { metrics: [], labels: [], error: null };
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) found.error ??= `at character ${node.from}: ${expression.slice(node.from)}`;
      if (node.name === "VectorSelector") found.metrics.push(/^[A-Za-z_:][\w:]*/.exec(text)?.[0] ?? text);
      if (node.name === "LabelName") found.labels.push(text);
    },
  });
  return found;
});
console.log(JSON.stringify(answers));
