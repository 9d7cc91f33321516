// The process that answers one question in SQL: the question comes on stdin, the outcome goes to stdout.
import { answerSql, type SqlQuestion } from "../observatory/sql/answer.ts";

const question = (await Bun.stdin.json()) as SqlQuestion;
await Bun.write(Bun.stdout, JSON.stringify(await answerSql(question)));
process.exit(0);
