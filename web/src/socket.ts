// The line to the service: opened again whenever it breaks, and honest about how old the last picture is.

import type { Message } from "./contract";
import { readMessage } from "./read";

const RETRY_MS = [300, 600, 1200, 2500, 5000];
/** A picture comes about five times a second; after this long without one the line counts as lost. */
export const LOST_AFTER_MS = 3000;

export class Socket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private heard = 0;
  private readonly address: () => string;
  private readonly take: (message: Message, receivedMs: number) => void;

  constructor(address: () => string, take: (message: Message, receivedMs: number) => void) {
    this.address = address;
    this.take = take;
  }

  open(): void {
    const socket = new WebSocket(this.address());
    this.socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => {
      const received = performance.now();
      const message = readMessage(JSON.parse(event.data));
      this.heard = received;
      this.attempt = 0;
      if (message) this.take(message, received);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      const wait = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 5000;
      this.attempt += 1;
      setTimeout(() => this.open(), wait);
    };
  }

  /** Milliseconds since anything was heard; infinite before the first word. */
  silenceMs(): number {
    return this.heard === 0 ? Number.POSITIVE_INFINITY : performance.now() - this.heard;
  }

  send(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}

export function socketAddress(token: string | null): string {
  const address = new URL("./ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  address.search = token ? `?token=${encodeURIComponent(token)}` : "";
  return address.href;
}
