/** A stand-in of a whole VOLTHA site on 127.0.0.1: rw_core, one controller (VGC or ONOS) and the plant behind them. */
import { startClock } from "./clock.ts";
import { restarted, startController } from "./controller.ts";
import { setLive, startCore, unisOf } from "./core.ts";
import { serveGrpc } from "./grpc.ts";
import { appears, deviceAt, handle, type OnuHandle } from "./hands.ts";
import { serveRest } from "./http.ts";
import * as olts from "./olt.ts";
import { startOnos } from "./onos.ts";
import { answerOnos } from "./onos-rest.ts";
import { addOlt, addOnu, emptyPlant, type OltFacts, oltOf } from "./plant.ts";
import { type Sadis, startSadis } from "./sadis.ts";
import type { Trouble } from "./trouble.ts";
import { answerVgc } from "./vgc.ts";

export type { OnuHandle } from "./hands.ts";

export interface VolthaOptions {
  /** How long a change of state takes. */
  readonly stepMs?: number;
  /** Where ONOS pulls `/sadis/v2/subscribers/{id}` and `/sadis/v2/bandwidthprofiles/{id}`. */
  readonly sadisUrl?: string;
}
export interface VolthaLab {
  /** host:port of rw_core */
  readonly grpc: string;
  /** Base of `/vgc/v1/…` */
  readonly vgc: string;
  /** Base of `/onos/olt/oltapp/…` and `/onos/sadis/…` */
  readonly onos: string;
  /** `METHOD path` of every REST request, `Method id` of every gRPC call. */
  readonly requests: string[];
  readonly calls: string[];
  readonly trouble: Trouble[];
  stepMs: number;
  sadisUrl: string | undefined;
  /** ONOS's SADIS app: its cache, and what it has after the path of its URL. */
  readonly sadis: Pick<Sadis, "isCaching" | "query">;
  olt(facts: OltFacts): void;
  onu(facts: { readonly serial: string; readonly olt: string; readonly pon: number }): OnuHandle;
  /** The OLT's power; children and VGC go on as if nothing were. */
  oltDown(serial: string): void;
  oltUp(serial: string): void;
  /** Somebody disables and enables it: VGC says that all is well, the ONUs have nothing. */
  oltCycle(serial: string): Promise<void>;
  /** rw_core starts again: ports of ONUs that work are down from now on, until their ONUs are enabled anew. */
  coreRestarts(): void;
  kafkaDown(): void;
  kafkaUp(): void;
  removeFlowsOnDisable(on: boolean): void;
  /** VGC and ONOS are away for some steps and keep what they were told. */
  restartController(): Promise<void>;
  /** From now on time passes only with `step`, until `release`. */
  hold(): void;
  step(): void;
  release(): void;
  /** Nothing is on its way any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startVoltha({ stepMs = 1, sadisUrl }: VolthaOptions = {}): Promise<VolthaLab> {
  const clock = startClock(stepMs);
  const plant = emptyPlant();
  const core = startCore(clock, plant);
  const controller = startController(core);
  const sadis = startSadis(sadisUrl);
  const onos = startOnos(core, sadis);
  const requests: string[] = [];
  const calls: string[] = [];
  const trouble: Trouble[] = [];
  const grpc = await serveGrpc(core, trouble, calls);
  const vgcSide = await serveRest((q) => answerVgc(controller, q), trouble, requests);
  const onosSide = await serveRest((q) => answerOnos(onos, q), trouble, requests);

  return {
    grpc: grpc.address,
    vgc: vgcSide.url,
    onos: onosSide.url,
    requests,
    calls,
    trouble,
    get stepMs() {
      return clock.stepMs;
    },
    set stepMs(ms) {
      clock.stepMs = ms;
    },
    sadis,
    get sadisUrl() {
      return sadis.url;
    },
    set sadisUrl(url) {
      sadis.url = url;
    },
    olt(facts) {
      const device = deviceAt(core, addOlt(plant, facts));
      if (device) olts.connect(core, device);
    },
    onu({ serial, olt, pon }) {
      const box = addOnu(plant, serial, olt, pon);
      appears(core, box);
      return handle(core, box);
    },
    oltDown(serial) {
      const box = oltOf(plant, serial);
      box.up = false;
      const device = deviceAt(core, box);
      if (device) olts.lost(core, device);
    },
    oltUp(serial) {
      const box = oltOf(plant, serial);
      box.up = true;
      box.boots += 1;
      const device = deviceAt(core, box);
      if (device) olts.connect(core, device);
    },
    async oltCycle(serial) {
      const device = deviceAt(core, oltOf(plant, serial));
      if (!device) throw new Error(`rw_core has no ${serial}`);
      olts.disable(core, device);
      await clock.settled();
      olts.enable(core, device);
      await clock.settled();
    },
    coreRestarts() {
      for (const { logical, port } of unisOf(core))
        clock.later(1, () => {
          setLive(core, logical, port, false);
          port.forgotten = true;
        });
    },
    kafkaDown() {
      core.kafka = false;
      grpc.cutStreams();
    },
    kafkaUp() {
      core.kafka = true;
    },
    removeFlowsOnDisable(on) {
      controller.flowService = { ...controller.flowService, removeFlowsOnDisable: on };
    },
    async restartController() {
      vgcSide.down = onosSide.down = true;
      clock.later(3, () => {
        vgcSide.down = onosSide.down = false;
        restarted(controller);
      });
      await clock.settled();
    },
    hold: clock.hold,
    step: clock.step,
    release: clock.release,
    settled: clock.settled,
    async close() {
      clock.stop();
      grpc.close();
      await Promise.all([vgcSide.close(), onosSide.close()]);
    },
  };
}
