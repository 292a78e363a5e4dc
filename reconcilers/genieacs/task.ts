/** What the ACS keeps for a device until it reports. */
export interface Task {
  readonly id: string;
  readonly device: string;
  readonly uniqueKey: string;
}
