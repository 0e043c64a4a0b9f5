#!/usr/bin/env bash
# A Slurm cluster of two nodes on this machine, to try 'harness sweep … --slurm' without one: ./one-host.sh start FOLDER PORT, ./one-host.sh stop FOLDER.
# Needs Debian's slurm-wlm and munge, and the rights of root; uses ports PORT to PORT + 2 and nothing outside of FOLDER. With SLURM_CONF=FOLDER/slurm.conf
# Slurm's commands speak to it.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: one-host.sh start FOLDER PORT | stop FOLDER" >&2; exit 2; }
mkdir -p "$2"
folder=$(cd -- "$2" && pwd)

start() {
  local port=$1 host
  host=$(hostname -s)
  mkdir -p "$folder/state" "$folder/spool.one" "$folder/spool.two"
  chmod 700 "$folder"
  dd if=/dev/urandom of="$folder/munge.key" bs=1024 count=1 status=none
  chmod 400 "$folder/munge.key"
  cat >"$folder/slurm.conf" <<EOF
ClusterName=harness
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
ReturnToService=2
MessageTimeout=20
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1
NodeName=two NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1
PartitionName=all Nodes=one,two Default=YES State=UP
EOF
  export SLURM_CONF=$folder/slurm.conf
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
  slurmctld
  slurmd -N one
  slurmd -N two
  for _ in $(seq 60); do
    [ "$(sinfo --noheader --format=%D --states=idle 2>/dev/null)" = 2 ] && return 0
    sleep 0.5
  done
  echo "the nodes do not come up; logs are in $folder" >&2
  return 1
}

stop() {
  local name pid
  for name in slurmd.one slurmd.two slurmctld munged; do
    [ -f "$folder/$name.pid" ] || continue
    pid=$(cat "$folder/$name.pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  done
}

case $1 in
  start) start "${3:-16817}" || { stop; exit 1; } ;;
  stop) stop ;;
  *) echo "one-host.sh: start or stop, not '$1'" >&2; exit 2 ;;
esac
