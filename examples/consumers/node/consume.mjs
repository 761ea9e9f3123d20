// Reads enriched articles as one consumer of a group, each at least once.
//
//   node consume.mjs [GROUP] [CONSUMER]        STEPPEWIRE_REDIS_URL names the server
//
// Kill it at any moment and start it again with the same names: it goes on where it was.
import { createClient } from "redis";

const STREAM = "news:{0}:articles.enriched";
const [group = "my-team", consumer = "reader-1"] = process.argv.slice(2);
const url = process.env.STEPPEWIRE_REDIS_URL ?? "redis://127.0.0.1:6379";

let running = true;
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => (running = false));

const client = createClient({ url });
client.on("error", (error) => console.error(`redis: ${error.message}`));
await client.connect();

async function makeGroup() {
  try {
    // "0": everything that is kept, not only what is published from now on
    await client.xGroupCreate(STREAM, group, "0", { MKSTREAM: true });
  } catch (error) {
    if (!error.message.startsWith("BUSYGROUP")) throw error;
  }
}

function handle(fields) {
  if (fields.type !== "article.enriched" || Number(fields.v) > 1) return; // newer than we are
  const { article, enrichment } = JSON.parse(fields.data);
  const { article_id: id, version_id: version, title } = article;
  console.log(JSON.stringify({ id, version, language: enrichment.languages.article.tag, title }));
}

await makeGroup();
let after = "0"; // first what an earlier run took and did not finish, then (">") what is new
while (running) {
  const options = { COUNT: 10, BLOCK: 1000 };
  const answer = await client.xReadGroup(group, consumer, { key: STREAM, id: after }, options);
  const messages = answer?.[0]?.messages ?? [];
  if (messages.length === 0) after = ">";
  for (const { id, message } of messages) {
    if (!running) break;
    if (message) handle(message);
    await client.xAck(STREAM, group, id); // only now: a crash before this line repeats the article
  }
}
await client.close();
