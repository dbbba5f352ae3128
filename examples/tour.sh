#!/bin/sh
# A whole swarm without Docker: a stack is deployed, a change planned, applied and followed.
set -eu
stack=$(dirname "$0")/tour-stack.yml
folder=$(mktemp -d)

swarmwire embedded --nodes 3 --speed 20 --socket "$folder/control.sock" > "$folder/setting" &
swarm=$!
trap 'kill $swarm; wait $swarm || true; rm -rf "$folder"' EXIT
until [ -s "$folder/setting" ]; do kill -0 $swarm; sleep 0.1; done
export SWARMWIRE_SOCKET="$folder/control.sock"

echo '== a stack file is deployed to a swarm in memory'
swarmwire apply --yes --stack shop --compose-file "$stack"
echo '== what would another image of one service restart?'
TAG=2 swarmwire plan --stack shop --compose-file "$stack" || [ $? -eq 3 ] # 3: tasks would restart
echo '== the change is written, and its roll-out followed'
TAG=2 swarmwire apply --yes --stack shop --compose-file "$stack"
echo '== the swarm after it'
swarmwire ls
