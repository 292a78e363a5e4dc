/** The ExternalSystems that are declared: configured, connected, and asked now and then whether they answer. */
import { credentialsFor } from "../../reconcilers/credentials.ts";
import { Fault, fault } from "../../reconcilers/errors.ts";
import type { ClientDeps, Configure, Configured, Published, Session } from "../../reconcilers/system.ts";
import type { ExternalSystem } from "../api/types.generated.ts";
import type { Endpoint } from "../core/compose.ts";
import type { Desired } from "../core/model.ts";
import type { Digest } from "../core/redact.ts";
import type { Sensitive } from "../core/sensitive.ts";
import type { Contact } from "../core/status/system.ts";
import type { SecretSource } from "../sources/secrets.ts";
import { PING_MS } from "./run/circuit.ts";
import type { Ports } from "./run/ports.ts";

interface Open {
  readonly spec: string;
  readonly configured: Configured;
  readonly session: Session;
}

export class Endpoints {
  readonly #contacts = new Map<string, Contact>();
  readonly #open = new Map<string, Open>();
  /** Did not answer the last time: connected anew at the next sync, for its credentials may be others by now. */
  readonly #stale = new Set<string>();
  readonly #systems: ReadonlyMap<string, Configure>;
  readonly #secrets: SecretSource;
  readonly #ports: Ports;
  readonly #digest: Digest;

  constructor(systems: ReadonlyMap<string, Configure>, secrets: SecretSource, ports: Ports, digest: Digest) {
    this.#digest = digest;
    this.#systems = systems;
    this.#secrets = secrets;
    this.#ports = ports;
  }

  /** For `compose`: what it cannot write is said as a blocker, never thrown. */
  endpoint = (name: string): Endpoint | undefined => {
    const open = this.#open.get(name);
    return open && { desired: (subject) => guarded(() => open.configured.desired(subject)) };
  };

  /** What the system of this object comes to ask for. */
  published(d: Desired): Published | undefined {
    return this.#open.get(d.ref.system)?.configured.publishes(d);
  }
  /** Names of those that could not be opened. */
  closed(declared: Iterable<ExternalSystem>): readonly string[] {
    return [...declared].flatMap(({ metadata: { name } }) => (this.#open.has(name) ? [] : [name]));
  }
  /** Connects what is new or different. A system that cannot be configured is left as it was, and its health says why. */
  async sync(declared: Iterable<ExternalSystem>): Promise<void> {
    const wanted = new Map([...declared].map((s) => [s.metadata.name, s]));
    for (const [name, { session }] of this.#open) {
      if (wanted.has(name)) continue;
      this.#open.delete(name);
      this.#ports.shut(name);
      await session.close();
    }
    await Promise.all([...wanted.values()].map((s) => this.#sync(s)));
  }

  async #sync(s: ExternalSystem): Promise<void> {
    const { name } = s.metadata;
    const configure = this.#systems.get(s.spec.type);
    if (!configure) {
      this.#contacts.set(name, failed(fault("NotSupported", `this version does not serve ${s.spec.type}`)));
      return;
    }
    const spec = JSON.stringify(s.spec);
    const old = this.#open.get(name);
    if (old?.spec === spec && !this.#stale.delete(name)) return;
    try {
      // Unchanged it is the same one: what a system knows of an endpoint outlives its session.
      const configured = old?.spec === spec ? old.configured : configure(s.spec, name);
      const direct = await configured.connect(await this.#deps(s));
      if (old?.spec !== spec) this.#ports.shut(name); // it may be another server by now
      const session = this.#ports.open(name, direct);
      this.#open.set(name, { spec, configured, session });
      // Not awaited: it waits for calls in flight, and those of a silent server end only with their own time limit.
      old?.session.close().catch(() => undefined);
    } catch (e) {
      this.#contacts.set(name, failed(e));
    }
  }

  /** The last try to reach it; undefined: there was none. */
  contact(name: string): Contact | undefined {
    return this.#contacts.get(name);
  }

  async prepare(s: ExternalSystem, signal: AbortSignal): Promise<void> {
    await this.#systems
      .get(s.spec.type)?.(s.spec, s.metadata.name)
      .prepare(await this.#deps(s), signal);
  }

  async ping(): Promise<void> {
    await Promise.all(
      [...this.#open].map(async ([name, { session }]) => {
        const contact = await session
          .ping(AbortSignal.timeout(PING_MS))
          .then(({ version, troubles = [] }): Contact => ({ ok: true, version, troubles, at: Date.now() }), failed);
        this.#contacts.set(name, contact);
        if (!contact.ok) this.#stale.add(name);
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ session }) => session.close()));
    this.#open.clear();
  }

  async #deps({ metadata, spec }: ExternalSystem): Promise<ClientDeps> {
    const { credentialsRef: ref } = spec;
    const secret = ref ? await this.#secrets.readAll(ref.namespace, ref.name) : {};
    if (ref && Object.keys(secret).length === 0)
      throw fault(
        "Misconfigured",
        `the Secret ${ref.namespace}/${ref.name} of spec.credentialsRef is not there, or cannot be read`,
      );
    // A VOLTHA is two servers, and the same Secret opens both.
    const addresses = [spec.address, ...(spec.voltha ? [spec.voltha.controller.address] : [])];
    const credentials = credentialsFor(addresses, secret);
    return { endpoint: metadata.name, digest: this.#digest, credentials, secrets: await this.#nasSecrets(spec) };
  }
  /** One that cannot be read concerns the sessions of one NAS only, and is said there. */
  async #nasSecrets({ radius }: ExternalSystem["spec"]): Promise<NonNullable<ClientDeps["secrets"]>> {
    const found: Record<string, Sensitive> = {};
    for (const { address, coaPort, secretRef: ref } of radius?.nas ?? []) {
      if (!ref) continue;
      const all = await this.#secrets.readAll(ref.namespace, ref.name);
      const secret = allowedAt(`${address.includes(":") ? `[${address}]` : address}:${coaPort}`, all)?.[ref.key];
      if (secret) found[`${ref.namespace}/${ref.name}/${ref.key}`] = secret;
    }
    return found;
  }
}

function allowedAt(
  address: string,
  secret: Readonly<Record<string, Sensitive>>,
): ClientDeps["credentials"] | undefined {
  try {
    return credentialsFor([address], secret);
  } catch (e) {
    if (e instanceof Fault) return undefined;
    throw e;
  }
}
function guarded(desired: () => ReturnType<Configured["desired"]>): ReturnType<Endpoint["desired"]> {
  try {
    return desired();
  } catch (e) {
    if (e instanceof Fault) return { reason: e.code, message: e.remedy ? `${e.message}: ${e.remedy}` : e.message };
    throw e;
  }
}
function failed(e: unknown): Contact {
  if (e instanceof Fault) return { ok: false, fault: e };
  throw e;
}
