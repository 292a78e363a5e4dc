/** A TCP door before a server of this machine: shut, it cuts what is open and lets nobody through. */
import { connect, createServer, type Socket } from "node:net";

export interface Door {
  readonly port: number;
  readonly shut: () => void;
  readonly open: () => void;
  readonly close: () => Promise<void>;
}

export async function openDoor(port: number): Promise<Door> {
  const sockets = new Set<Socket>();
  let isShut = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (isShut) return void incoming.destroy();
    const onward = connect(port, "127.0.0.1");
    keep(onward);
    incoming.pipe(onward).pipe(incoming);
    incoming.once("close", () => onward.destroy());
    onward.once("close", () => incoming.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as { readonly port: number }).port,
    open: () => {
      isShut = false;
    },
    shut: () => {
      isShut = true;
      cut();
    },
    close: () => {
      cut();
      return new Promise((closed) => void server.close(() => closed()));
    },
  };
}
