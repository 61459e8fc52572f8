"""Which live connection a script's packet belongs to, and how its numbers map (docs/guide/packetdrill.md)."""

FIRST_REMOTE_PORT = 53_055


class Flow:
    def __init__(self, local_port, remote_port, named=False):
        self.local_port, self.remote_port = local_port, remote_port
        self.script_ports = (local_port, remote_port) if named else None
        self.live_isn = None
        self.script_isn = 0
        self.remote_isn = None
        self.opened = False
        self.fresh = False
        self.last_sent = 0
        self.first_stamp = None
        self.live_stamps = {}

    def shift(self):
        return 0 if self.live_isn is None else self.live_isn - self.script_isn

    def to_live(self, seq):
        return (seq + self.shift()) % 2**32

    def to_script(self, seq):
        return (seq - self.shift()) % 2**32

    def note_stamp(self, live, script):
        self.first_stamp = self.first_stamp or (live, script)
        self.live_stamps[script] = live

    def stamp_to_live(self, script):
        if script in self.live_stamps:
            return self.live_stamps[script]
        if script == 0 or self.first_stamp is None:
            return script
        return (self.first_stamp[0] + script - self.first_stamp[1]) % 2**32

    def stamp_to_script(self, live):
        return live if self.first_stamp is None else (self.first_stamp[1] + live - self.first_stamp[0]) % 2**32

    def ports(self):
        return self.script_ports or (self.local_port, self.remote_port)


class Flows:
    def __init__(self):
        self.all = []
        self.current = None
        self.next_remote_port = FIRST_REMOTE_PORT

    def find(self, local_port, remote_port):
        ends = (local_port, remote_port)
        return next((flow for flow in self.all if (flow.local_port, flow.remote_port) == ends), None)

    def named(self, local_port, remote_port):
        return next((flow for flow in reversed(self.all) if flow.ports() == (local_port, remote_port)), None)

    def add(self, flow):
        self.all.append(flow)
        self.current = flow
        return flow

    def fresh_remote_port(self):
        self.next_remote_port += 1
        return self.next_remote_port - 1
