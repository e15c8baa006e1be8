package virt

// An Action is one thing that can be asked of the program. Each has a row in
// the policy table of services/internal/operation.
type Action string

// Reading.
const (
	ListHosts      Action = "host.list"
	ShowHost       Action = "host.show"
	CheckHost      Action = "host.check"
	HostStats      Action = "host.stats"
	ListVMs        Action = "vm.list"
	ShowVM         Action = "vm.show"
	VMXML          Action = "vm.xml"
	VMSecretXML    Action = "vm.xml-secret"
	VMStats        Action = "vm.stats"
	WatchVMs       Action = "vm.watch"
	ScreenshotVM   Action = "vm.screenshot"
	ListPools      Action = "pool.list"
	ListNetworks   Action = "network.list"
	ListOperations Action = "operation.list"
	ListAudit      Action = "audit.list"
	GetSetting     Action = "setting.get"
	ListSystems    Action = "os.list"
	ReadMedium     Action = "medium.read"
)

// Changing.
const (
	ConnectHost      Action = "host.connect"
	DisconnectHost   Action = "host.disconnect"
	SaveHost         Action = "host.save"
	RemoveHost       Action = "host.remove"
	OrderHosts       Action = "host.order"
	TestHost         Action = "host.test"
	FixHost          Action = "host.fix"
	CreateVM         Action = "vm.create"
	DeleteVM         Action = "vm.delete"
	StartVM          Action = "vm.start"
	ShutdownVM       Action = "vm.shutdown"
	RebootVM         Action = "vm.reboot"
	ResetVM          Action = "vm.reset"
	OffVM            Action = "vm.off"
	PauseVM          Action = "vm.pause"
	ResumeVM         Action = "vm.resume"
	SaveVM           Action = "vm.save"
	DiscardVM        Action = "vm.discard"
	AutostartVM      Action = "vm.autostart"
	ClipboardVM      Action = "vm.clipboard"
	OpenConsole      Action = "vm.console"
	CreatePool       Action = "pool.create"
	StartPool        Action = "pool.start"
	StopPool         Action = "pool.stop"
	RefreshPool      Action = "pool.refresh"
	AutostartPool    Action = "pool.autostart"
	CreateVolume     Action = "volume.create"
	DeleteVolume     Action = "volume.delete"
	StartNetwork     Action = "network.start"
	StopNetwork      Action = "network.stop"
	AutostartNetwork Action = "network.autostart"
	DeleteNetwork    Action = "network.delete"
	CancelOperation  Action = "operation.cancel"
	RecoverOperation Action = "operation.recover"
	PruneOperations  Action = "operation.prune"
	SetSetting       Action = "setting.set"
)
