#!/usr/bin/env bash
# A device in bash alone: no curl, no websocat, nothing installed. It shows how little a WebSocket is.
#
#     ./wirewatch-device.sh 192.168.1.20 7411
#
# Without a key the device is known by its address. To be known from anywhere: in Wirewatch, make a key for the device
# and set WIREWATCH_KEY=wwk_… (or a join token, the same way). It goes into a header of the request, never into the URL.
#
# RFC 6455 in short: an HTTP request that asks to upgrade, then frames. A frame is two bytes (what it is; how long),
# for clients four bytes of mask, then the payload. A mask of zeros leaves the payload as it is.
set -u
export LC_ALL=C # Lengths are counted in bytes.

host=${1:-127.0.0.1}
port=${2:-7411}
name=${3:-$(hostname)-bash}

# frame <first byte as hex> <length in bytes> <%s for text, %b for \x escapes> <payload>; below 64 KiB.
frame() {
  local size
  if (($2 < 126)); then
    printf -v size '\\x%02x' $((128 + $2))
  else
    printf -v size '\\xfe\\x%02x\\x%02x' $(($2 / 256)) $(($2 % 256))
  fi
  printf "\\x$1$size\\x00\\x00\\x00\\x00$3" "$4" >&"$hub"
}

send() {
  frame 81 ${#1} %s "$1"
}

# One byte as a number in $byte. A zero byte ends what `read` reads, and so shows as an empty one.
read_byte() {
  local char
  IFS= read -r -d '' -n 1 -u "$hub" char || return 1
  if [[ -z $char ]]; then
    byte=0
  else
    printf -v byte %d "'$char"
    byte=$((byte & 255))
  fi
}

# Reads frames for ever: answers pings, prints text, ends with the connection.
listen() {
  local byte opcode length i hex text
  while read_byte; do
    opcode=$((byte & 15))
    read_byte || return
    length=$byte
    if ((length == 126)); then
      read_byte || return
      length=$((byte * 256))
      read_byte || return
      ((length += byte))
    elif ((length == 127)); then
      return # The hub never sends frames that large.
    fi
    hex=''
    for ((i = 0; i < length; i++)); do
      read_byte || return
      printf -v text '\\x%02x' "$byte"
      hex+=$text
    done
    case $opcode in
      1) printf 'hub: %b\n' "$hex" ;;
      8) return ;;
      9) frame 8a "$length" %b "$hex" ;;
    esac
  done
}

run() {
  exec {hub}<>"/dev/tcp/$host/$port" || return
  printf '%s\r\n' "GET /agent HTTP/1.1" "Host: $host:$port" "Upgrade: websocket" "Connection: Upgrade" \
    ${WIREWATCH_KEY:+"Authorization: Bearer $WIREWATCH_KEY"} \
    "Sec-WebSocket-Version: 13" "Sec-WebSocket-Key: $(head -c 16 /dev/urandom | base64)" "" >&"$hub"
  local line status
  read -r -u "$hub" status || return
  while IFS= read -r -u "$hub" line && [[ $line != $'\r' ]]; do :; done
  if [[ $status != *" 101 "* ]]; then
    echo "the hub answered: $status"
    return
  fi
  echo "connected to $host:$port as $name"
  listen &
  local listener=$!
  trap 'kill $listener 2>/dev/null; exit 0' INT TERM
  while kill -0 "$listener" 2>/dev/null; do
    local load free
    read -r load _ </proc/loadavg
    free=$(awk '/^MemAvailable/ {printf "%d", $2 * 1024}' /proc/meminfo)
    send "{\"name\":\"$name\",\"load\":$load,\"memory_available_bytes\":$free}" 2>/dev/null || break
    sleep 1
  done
  kill "$listener" 2>/dev/null
  exec {hub}>&-
}

while true; do
  run
  echo "no connection, trying again in 5 s"
  sleep 5
done
