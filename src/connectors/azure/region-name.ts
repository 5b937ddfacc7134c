const names =
  'West Europe,North Europe,East US,East US 2,West US,West US 2,West US 3,Central US,North Central US,South Central US,West Central US,UK South,UK West,Germany West Central,France Central,Switzerland North,Sweden Central,Norway East,Italy North,Poland Central,Spain Central,Canada Central,Canada East,Brazil South,Southeast Asia,East Asia,Japan East,Japan West,Korea Central,Australia East,Central India,South India,UAE North,South Africa North'
const byKey = new Map(
  names.split(',').map((name) => [name.toLowerCase().replaceAll(' ', ''), name]),
)

/** Writes `westeurope`, as Resource Health does, like `West Europe`, as Service Health does. Other names stay. */
export function regionName(location: string): string {
  return byKey.get(location.toLowerCase().replaceAll(' ', '')) ?? location
}
