/** Runs a script as Argo CD runs it: Lua 5.1, with the base and table libraries, and of `os` only the clock. */
import { execa } from "execa";

const HARNESS = `
local format, gsub, rep = string.format, string.gsub, string.rep
local getmeta, dates = getmetatable, { date = os.date, time = os.time }
local function encode(v)
  if type(v) ~= "table" then
    return type(v) == "string" and gsub(gsub(format("%q", v), "\\\\\\n", "\\\\n"), "\\\\r", "\\\\r") or tostring(v)
  end
  local parts = {}
  if v[1] ~= nil then
    for _, item in ipairs(v) do table.insert(parts, encode(item)) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(v) do table.insert(parts, encode(tostring(key)) .. ":" .. encode(item)) end
  return "{" .. table.concat(parts, ",") .. "}"
end
local function asked(name)
  if name == "os" then return dates end
  error("module " .. name .. " not found", 0)
end
local env = {
  obj = given, actionParams = params, require = asked, table = table, ipairs = ipairs, pairs = pairs, next = next,
  type = type, tostring = tostring, tonumber = tonumber, error = error, pcall = pcall, select = select,
}
getmeta("").__index = nil
local chunk, wrong = loadstring(script)
if not chunk then error(wrong, 0) end
setfenv(chunk, env)
io.stdout:write(encode(chunk()))
`;

/** What the script answers; rejects with what it throws. */
export async function lua(script: string, object: object, params?: Readonly<Record<string, string>>): Promise<unknown> {
  const given = `local given, params = ${literal(object)}, ${literal(params)}\nlocal script = ${long(script)}\n`;
  const { failed, stdout, stderr } = await execa("lua5.1", ["-"], { input: given + HARNESS, reject: false });
  if (failed) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

const long = (text: string): string => `[====[\n${text}]====]`;
function literal(value: unknown): string {
  if (value === undefined || value === null) return "nil";
  if (typeof value === "string") return long(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `{ ${value.map(literal).join(", ")} }`;
  const fields = Object.entries(value).map(([key, v]) => `[ ${long(key)} ] = ${literal(v)}`);
  return `{ ${fields.join(", ")} }`;
}
