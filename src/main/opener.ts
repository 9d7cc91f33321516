// The opener: enters namespaces, makes sockets there and passes them on. Started by the supervisor.
import { serveOpener } from "../agent/opener/opener.ts";
import { systemClock } from "../base/clock.ts";
import type { OpenerToSupervisor, SupervisorToOpener } from "../model/messages.ts";
import { openChannel } from "../sys/channel.ts";
import { hideMemory } from "../sys/privileges.ts";
import { CHILD_ENDS } from "../sys/spawn.ts";

hideMemory();
const supervisor = openChannel<SupervisorToOpener, OpenerToSupervisor>(CHILD_ENDS);
supervisor.onClose(() => process.exit(0));
serveOpener(supervisor, systemClock);
