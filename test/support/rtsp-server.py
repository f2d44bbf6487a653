#!/usr/bin/python3
"""A real RTSP server on loopback. Each path plays a file again and again, at 24 pictures a second.

usage: rtsp-server.py PORT USER:PASSWORD|- PATH=FILE.h264...
A file is H.264 with an access unit delimiter before each picture (x264: aud=1) and without B-frames.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

DELIMITER = b"\x00\x00\x00\x01\x09"
CAPS = "video/x-h264,stream-format=byte-stream,alignment=au,framerate=24/1"
PIPELINE = f'( appsrc name=pictures format=time caps="{CAPS}" ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )'


def play(media, pictures):
    """Hands over picture after picture as the payloader asks for them; the sink's clock sets the pace."""
    number = 0

    def push(source, _):
        nonlocal number
        buffer = Gst.Buffer.new_wrapped(pictures[number % len(pictures)])
        buffer.pts = buffer.dts = number * Gst.SECOND // 24
        buffer.duration = Gst.SECOND // 24
        number += 1
        source.emit("push-buffer", buffer)

    media.get_element().get_by_name("pictures").connect("need-data", push)


Gst.init(None)
port, credentials, streams = sys.argv[1], sys.argv[2], sys.argv[3:]
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)

token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "viewer")
if credentials != "-":
    user, password = credentials.split(":", 1)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    server.set_auth(auth)

for stream in streams:
    path, file = stream.split("=", 1)
    with open(file, "rb") as opened:
        pictures = [DELIMITER + picture for picture in opened.read().split(DELIMITER)[1:]]
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(PIPELINE)
    factory.set_shared(True)
    factory.connect("media-configure", lambda _, media, pictures=pictures: play(media, pictures))
    if credentials != "-":
        factory.add_role_from_structure(
            Gst.Structure.from_string('viewer,media.factory.access=true,media.factory.construct=true')[0]
        )
    server.get_mount_points().add_factory(f"/{path}", factory)

server.attach(None)
print(f"rtsp://127.0.0.1:{server.get_bound_port()}", flush=True)
GLib.MainLoop().run()
