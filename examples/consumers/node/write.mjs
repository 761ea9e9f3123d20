// Writes events into a stream: one JSON event a line on standard input.
//
//   echo '{"link_id": …}' | node write.mjs article.discovered
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { createClient } from "redis";

const [type, partition = "0"] = process.argv.slice(2);
const stream = `news:{${partition}}:articles.${type.split(".")[1]}`;
const hex = (bytes) => randomBytes(bytes).toString("hex");

const client = createClient({ url: process.env.STEPPEWIRE_REDIS_URL ?? "redis://127.0.0.1:6379" });
await client.connect();
for await (const line of createInterface({ input: process.stdin })) {
  const event = JSON.parse(line);
  const id = await client.xAdd(stream, "*", {
    v: "1",
    type,
    key: event.link_id ?? event.fetch?.link_id ?? "",
    traceparent: `00-${hex(16)}-${hex(8)}-01`,
    ct: "application/json",
    data: line,
  });
  console.log(id);
}
await client.close();
