/** The data models of the simulated routers: what TR-098 and TR-181 call the parameters that a provider sets and reads. */
import { type Branch, branch, grow, leaf, put, type Value } from "./tree.ts";

export type Root = "TR-098" | "TR-181";
/** One a line: path, `r`, `w` or `h` (writable, reads as ""), type, value. A path that ends in a dot is a table that grows. */
const TR181 = `
DeviceInfo.Manufacturer r string {manufacturer}
DeviceInfo.ManufacturerOUI r string {oui}
DeviceInfo.ModelName r string {productClass}
DeviceInfo.ProductClass r string {productClass}
DeviceInfo.SerialNumber r string {serial}
DeviceInfo.HardwareVersion r string 1.0
DeviceInfo.SoftwareVersion r string 3.2.1
DeviceInfo.ProvisioningCode w string
DeviceInfo.UpTime r unsignedInt 3600
ManagementServer.ConnectionRequestURL r string {connectionRequestUrl}
ManagementServer.ConnectionRequestUsername w string
ManagementServer.ConnectionRequestPassword h string
ManagementServer.ParameterKey r string
ManagementServer.Password h string
ManagementServer.PeriodicInformEnable w boolean true
ManagementServer.PeriodicInformInterval w unsignedInt 300
ManagementServer.PeriodicInformTime w dateTime 0001-01-01T00:00:00.000Z
ManagementServer.URL w string {acsUrl}
ManagementServer.Username w string
WiFi.RadioNumberOfEntries r unsignedInt 2
WiFi.Radio.1.Enable w boolean true
WiFi.Radio.1.Status r string Up
WiFi.Radio.1.OperatingFrequencyBand w string 2.4GHz
WiFi.Radio.1.SupportedFrequencyBands r string 2.4GHz
WiFi.Radio.1.AutoChannelEnable w boolean true
WiFi.Radio.1.Channel w unsignedInt 6
WiFi.Radio.2.Enable w boolean true
WiFi.Radio.2.Status r string Up
WiFi.Radio.2.OperatingFrequencyBand w string 5GHz
WiFi.Radio.2.SupportedFrequencyBands r string 5GHz
WiFi.Radio.2.AutoChannelEnable w boolean true
WiFi.Radio.2.Channel w unsignedInt 36
WiFi.SSIDNumberOfEntries r unsignedInt 2
WiFi.SSID.
WiFi.SSID.1.BSSID r string 02:00:00:00:00:01
WiFi.SSID.1.Enable w boolean true
WiFi.SSID.1.LowerLayers w string Device.WiFi.Radio.1.
WiFi.SSID.1.SSID w string factory-1
WiFi.SSID.2.BSSID r string 02:00:00:00:00:02
WiFi.SSID.2.Enable w boolean true
WiFi.SSID.2.LowerLayers w string Device.WiFi.Radio.2.
WiFi.SSID.2.SSID w string factory-2
WiFi.AccessPointNumberOfEntries r unsignedInt 2
WiFi.AccessPoint.
WiFi.AccessPoint.1.Enable w boolean true
WiFi.AccessPoint.1.SSIDReference w string Device.WiFi.SSID.1.
WiFi.AccessPoint.1.SSIDAdvertisementEnabled w boolean true
WiFi.AccessPoint.1.AssociatedDeviceNumberOfEntries r unsignedInt 0
WiFi.AccessPoint.1.Security.KeyPassphrase h string
WiFi.AccessPoint.1.Security.ModeEnabled w string WPA2-Personal
WiFi.AccessPoint.1.Security.PreSharedKey h string
WiFi.AccessPoint.2.Enable w boolean true
WiFi.AccessPoint.2.SSIDReference w string Device.WiFi.SSID.2.
WiFi.AccessPoint.2.SSIDAdvertisementEnabled w boolean true
WiFi.AccessPoint.2.AssociatedDeviceNumberOfEntries r unsignedInt 0
WiFi.AccessPoint.2.Security.KeyPassphrase h string
WiFi.AccessPoint.2.Security.ModeEnabled w string WPA2-Personal
WiFi.AccessPoint.2.Security.PreSharedKey h string
PPP.InterfaceNumberOfEntries r unsignedInt 1
PPP.Interface.
PPP.Interface.1.Enable w boolean true
PPP.Interface.1.Status r string Down
PPP.Interface.1.ConnectionStatus r string Disconnected
PPP.Interface.1.Username w string
PPP.Interface.1.Password h string
PPP.Interface.1.LowerLayers w string Device.Ethernet.VLANTermination.1.
Ethernet.VLANTermination.
Ethernet.VLANTermination.1.Enable w boolean false
Ethernet.VLANTermination.1.VLANID w unsignedInt 0
IP.IPv4Enable w boolean true
IP.IPv6Enable w boolean false
IP.Interface.1.Enable w boolean true
IP.Interface.1.Status r string Up
IP.Interface.1.IPv4Address.1.IPAddress r string 0.0.0.0
DHCPv4.Client.1.Enable w boolean true
DHCPv4.Client.1.Status r string Enabled
DHCPv6.ClientNumberOfEntries r unsignedInt 1
DHCPv6.Client.
DHCPv6.Client.1.Enable w boolean false
DHCPv6.Client.1.Interface w string Device.IP.Interface.1.
DHCPv6.Client.1.RapidCommit w boolean false
DHCPv6.Client.1.RequestAddresses w boolean true
DHCPv6.Client.1.RequestPrefixes w boolean false
DHCPv6.Client.1.Status r string Disabled
RouterAdvertisement.Enable w boolean false
Optical.Interface.1.Status r string Up
Optical.Interface.1.OpticalSignalLevel r int -19500
Optical.Interface.1.TransmitOpticalLevel r int 2200`;

/** Instances 1 and 2 are the 2.4 GHz radio's (main, guest), 3 and 4 the 5 GHz one's. */
const wlan = (n: number): string => {
  const at = `LANDevice.1.WLANConfiguration.${n}`;
  const [channel, channels, standard] = n < 3 ? ["6", "1-13", "n"] : ["36", "36-64,100-140", "ac"];
  return `
${at}.Enable w boolean ${n % 2 === 1}
${at}.Status r string ${n % 2 === 1 ? "Up" : "Disabled"}
${at}.BSSID r string 02:00:00:00:01:0${n}
${at}.SSID w string factory-${n}
${at}.SSIDAdvertisementEnabled w boolean true
${at}.BeaconType w string 11i
${at}.IEEE11iAuthenticationMode w string PSKAuthentication
${at}.IEEE11iEncryptionModes w string AESEncryption
${at}.Standard w string ${standard}
${at}.AutoChannelEnable w boolean true
${at}.Channel w unsignedInt ${channel}
${at}.PossibleChannels r string ${channels}
${at}.TotalAssociations r unsignedInt 0
${at}.KeyPassphrase h string
${at}.PreSharedKey.1.KeyPassphrase h string
${at}.PreSharedKey.1.PreSharedKey h string`;
};
const TR098 = `
DeviceSummary r string InternetGatewayDevice:1.4[](Baseline:1, EthernetLAN:1, WiFiLAN:1)
DeviceInfo.Manufacturer r string {manufacturer}
DeviceInfo.ManufacturerOUI r string {oui}
DeviceInfo.ModelName r string {productClass}
DeviceInfo.ProductClass r string {productClass}
DeviceInfo.SerialNumber r string {serial}
DeviceInfo.HardwareVersion r string 1.0
DeviceInfo.SoftwareVersion r string 2.0.7
DeviceInfo.SpecVersion r string 1.0
DeviceInfo.ProvisioningCode w string
DeviceInfo.UpTime r unsignedInt 3600
ManagementServer.ConnectionRequestURL r string {connectionRequestUrl}
ManagementServer.ConnectionRequestUsername w string
ManagementServer.ConnectionRequestPassword h string
ManagementServer.ParameterKey r string
ManagementServer.Password h string
ManagementServer.PeriodicInformEnable w boolean true
ManagementServer.PeriodicInformInterval w unsignedInt 300
ManagementServer.PeriodicInformTime w dateTime 0001-01-01T00:00:00.000Z
ManagementServer.URL w string {acsUrl}
ManagementServer.Username w string
LANDevice.1.LANWLANConfigurationNumberOfEntries r unsignedInt 4
LANDevice.1.WLANConfiguration.${[1, 2, 3, 4].map(wlan).join("")}
WANDevice.1.WANCommonInterfaceConfig.WANAccessType r string Ethernet
WANDevice.1.WANCommonInterfaceConfig.PhysicalLinkStatus r string Up
WANDevice.1.WANConnectionDevice.
WANDevice.1.WANConnectionDevice.1.WANPPPConnectionNumberOfEntries r unsignedInt 1
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Enable w boolean true
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Name w string Internet
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.ConnectionType w string IP_Routed
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.ConnectionStatus r string Disconnected
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.ExternalIPAddress r string 0.0.0.0
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Username w string
WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Password h string`;
const MODELS = { "TR-098": ["InternetGatewayDevice", TR098], "TR-181": ["Device", TR181] } as const;

/** The tree of a router as it leaves the factory. */
export function factory(root: Root, about: Readonly<Record<string, string>>): Branch {
  const [name, lines] = MODELS[root];
  const tree = branch(false);
  for (const line of lines.trim().split("\n")) {
    const [, path = "", , access = "", type = "", text = ""] = /^(\S+)( (\w) (\w+) ?(.*))?$/.exec(line) ?? [];
    if (path.endsWith(".")) grow(tree, `${name}.${path.slice(0, -1)}`, true);
    else {
      const value = text.replace(/\{(\w+)\}/g, (_, key: string) => about[key] ?? "");
      put(tree, `${name}.${path}`, leaf(`xsd:${type}`, parse(type, value), access));
    }
  }
  return tree;
}
const parse = (type: string, text: string): Value =>
  type === "boolean" ? text === "true" : /^(unsignedI|i)nt$/.test(type) ? Number(text) : text;
