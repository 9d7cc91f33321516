import { expect, test } from "bun:test";
import { cgroupBases } from "./bases.ts";

test("cgroup v1: our own group under each controller's mount, also where two share one", () => {
  const mountinfo = [
    "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:8 - cgroup cgroup rw,cpu,cpuacct",
    "31 25 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
    "32 25 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
  ].join("\n");
  const self = "4:memory:/user.slice/s1.scope\n3:cpu,cpuacct:/\n0::/init.scope\n";

  expect(cgroupBases(mountinfo, self)).toEqual({
    v1: {
      cpu: "/sys/fs/cgroup/cpu,cpuacct",
      cpuacct: "/sys/fs/cgroup/cpu,cpuacct",
      memory: "/sys/fs/cgroup/memory/user.slice/s1.scope",
    },
    v2: { own: "/sys/fs/cgroup/unified/init.scope", top: "/sys/fs/cgroup/unified" },
  });
});

test("cgroup v2: the group of a systemd scope", () => {
  const scope = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-7.scope";

  expect(cgroupBases("30 25 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", `0::${scope}\n`).v2).toEqual({
    own: `/sys/fs/cgroup${scope}`,
    top: "/sys/fs/cgroup",
  });
});

test("in a container whose mount shows only its own part, that part is our group", () => {
  const mountinfo = "31 25 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";

  expect(cgroupBases(mountinfo, "4:memory:/docker/abc/x\n").v1).toEqual({ memory: "/sys/fs/cgroup/memory/x" });
  expect(cgroupBases(mountinfo, "4:memory:/\n").v1).toEqual({ memory: "/sys/fs/cgroup/memory" });
});

test("a host without cgroups has none", () => {
  expect(cgroupBases("30 25 0:26 / / rw - ext4 /dev/vda rw\n", "")).toEqual({ v1: {} });
});
