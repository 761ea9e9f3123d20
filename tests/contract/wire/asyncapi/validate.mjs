// Prints what the official AsyncAPI parser finds wrong in a document; ends with 1 on errors.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const errorSeverity = 0;
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const errors = diagnostics.filter(({ severity }) => severity === errorSeverity);
for (const { code, path, message } of errors) console.log(code, path.join("."), message);
if (!document || errors.length > 0) process.exit(1);
for (const channel of document.channels()) console.log(channel.id());
