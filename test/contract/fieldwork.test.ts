import { ticketRig } from "./fieldwork.rig.ts";
import { describeLaws } from "./laws.ts";

describeLaws("fieldwork/ticket", ticketRig);
