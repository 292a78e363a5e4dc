import { expect, test } from "vitest";
import { faultOf, refusal } from "./faults.ts";

/** As recorded (sample 26), with the task's values in `provisions`. */
const item = {
  _id: "00D09E-RG181-000200:task_6b00903cec01fe2a76cf4602",
  device: "00D09E-RG181-000200",
  channel: "task_6b00903cec01fe2a76cf4602",
  code: "cwmp.9003",
  message: "Invalid arguments",
  detail: {
    faultCode: "9003",
    setParameterValuesFault: [
      { parameterName: "Device.WiFi.SSID.1.SSID", faultCode: "9007", faultString: "Invalid parameter value" },
    ],
  },
  provisions: '[["value","Device.WiFi.SSID.1.SSID","s3cret"]]',
};

test("a fault is that of its parameter, else of the whole (fact 8)", () => {
  expect(faultOf(item)).toMatchObject({
    code: "9007",
    parameter: "Device.WiFi.SSID.1.SSID",
    message: "Invalid parameter value",
  });
  expect(faultOf({ ...item, detail: {} })).toMatchObject({ code: "9003", message: "Invalid arguments" });
  expect(faultOf({ ...item, detail: {}, code: "script.Error" })).toMatchObject({ code: "script.Error" });
});
test("nothing of what was sent is in it (fact 9)", () => {
  expect(JSON.stringify(faultOf(item))).not.toContain("s3cret");
});
test("nor where a device repeats it in its words", () => {
  const fault = refusal("HW-1", { ...faultOf(item), message: "bad value 's3cret'" }, ["s3cret"]);
  expect(fault.message).toBe("the router HW-1 refused Device.WiFi.SSID.1.SSID: 9007 bad value '(secret)'");
  expect(fault.facts).toEqual({
    faultCode: "cwmp.9007",
    faultParameter: "Device.WiFi.SSID.1.SSID",
    faultMessage: "bad value '(secret)'",
  });
});
test.each([
  ["session_terminated", "broke off while it was told", "session_terminated"],
  ["timeout", "broke off while it was told", "timeout"],
  ["9002", "refused", "cwmp.9002"],
  ["too_many_commits", "refused", "too_many_commits"],
])("%s: the router %s, and its code is %s", (code, verb, shown) => {
  const fault = refusal("HW-1", { ...faultOf(item), code }, []);
  expect(fault.message).toContain(`the router HW-1 ${verb} Device.WiFi.SSID.1.SSID: `);
  expect(fault.facts).toMatchObject({ faultCode: shown });
});
test("what its own words do not name has no place in status", () => {
  const fault = refusal("HW-1", { ...faultOf({ ...item, detail: {} }), code: "9002", message: "" }, []);
  expect([fault.message, fault.facts]).toEqual([
    "the router HW-1 refused what it was told: 9002",
    { faultCode: "cwmp.9002" },
  ]);
});
test.each([
  ["9001", "Rejected"],
  ["9002", "Transient"],
  ["9003", "Rejected"],
  ["9004", "Transient"],
  ["9005", "Rejected"],
  ["9006", "Rejected"],
  ["9007", "Rejected"],
  ["9008", "Rejected"],
  ["9800", "Rejected"],
  ["timeout", "Transient"],
  ["script.Error", "Rejected"],
])("%s is %s, with what to do", (code, kind) => {
  const fault = refusal("HW-1", { ...faultOf(item), code }, []);
  expect(fault).toMatchObject({ kind, code: "DeviceFault" });
  expect(fault.remedy).not.toBe("");
});
