// The name of a statement: its kind, and its table where that is plainly one. Never a value of it.

const KINDS = new Set(
  `SELECT INSERT UPDATE DELETE MERGE WITH VALUES TABLE CALL DO EXECUTE PREPARE DEALLOCATE DECLARE FETCH MOVE CLOSE COPY BEGIN
   START COMMIT END ROLLBACK ABORT SAVEPOINT RELEASE SET RESET SHOW DISCARD LISTEN UNLISTEN NOTIFY LOCK EXPLAIN ANALYZE VACUUM
   CREATE ALTER DROP TRUNCATE GRANT REVOKE COMMENT REFRESH REINDEX CLUSTER CHECKPOINT`.split(/\s+/),
);
/** literals, quoted by one kind of quote or by dollars; one that is cut off goes to the end */
const LITERAL = /\b[Ee]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;
const COMMENT = /--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)/g;
const NAME = String.raw`("?[A-Za-z_][\w$]*"?(?:\."?[A-Za-z_][\w$]*"?)?)`;
/** what follows a table; a parenthesis would make it a function, but for what is written to */
const AFTER = String.raw`(?=[\s;),]|$)`;
const AFTER_TARGET = String.raw`(?=[\s;(]|$)`;
const FROM = new RegExp(String.raw`\bFROM\s+(?:ONLY\s+)?${NAME}${AFTER}`, "i");
const TABLE: Readonly<Record<string, RegExp>> = {
  SELECT: FROM,
  DELETE: FROM,
  INSERT: new RegExp(String.raw`\bINTO\s+${NAME}${AFTER_TARGET}`, "i"),
  UPDATE: new RegExp(String.raw`^UPDATE\s+(?:ONLY\s+)?${NAME}${AFTER}`, "i"),
  COPY: new RegExp(String.raw`^COPY\s+${NAME}${AFTER_TARGET}`, "i"),
};

/** @param sql may be cut off @returns such as `SELECT orders`, `BEGIN`; `OTHER` when it begins with no word of SQL */
export function statementName(sql: string): string {
  const text = sql
    .replaceAll(LITERAL, " ? ")
    .replaceAll(COMMENT, " ")
    .replace(/^[\s(;]+/, "");
  const kind = /^[A-Za-z]+/.exec(text)?.[0].toUpperCase() ?? "";
  if (!KINDS.has(kind)) return "OTHER";
  const table = TABLE[kind]?.exec(text)?.[1]?.replaceAll('"', "");
  return table === undefined ? kind : `${kind} ${table}`;
}
