# SPDX-License-Identifier: Apache-2.0
# Bridges and their ports. Needs `ip` (iproute2).

# first_file TEST FILE…: the first that passes it: first_file -f /etc/a /etc/b
first_file() {
    local wanted=$1 file
    shift
    for file in "$@"; do
        if test "$wanted" "$file"; then
            printf '%s\n' "$file"
            return
        fi
    done
}

find_dhcpd_conf_file() {
    first_file -f /etc/dhcp3/dhcpd.conf /etc/dhcp/dhcpd.conf /etc/dhcpd.conf
}

find_dhcpd_init_file() {
    first_file -x /etc/init.d/dhcp3-server /etc/init.d/isc-dhcp-server /etc/init.d/dhcp /etc/init.d/dhcpd
}

find_dhcpd_arg_file() {
    first_file -f /etc/sysconfig/dhcpd /etc/defaults/dhcp /etc/default/isc-dhcp-server
}

# The address of a guest's port: the highest that is none of a group, so that no bridge takes it for
# its own.
port_mac=fe:ff:ff:ff:ff:ff

setup_bridge_port() {
    setup_virtual_bridge_port "$1"
}

setup_virtual_bridge_port() {
    setup_physical_bridge_port "$1"
    ip link set dev "$1" address "$port_mac" || :
}

setup_physical_bridge_port() {
    local flags=1
    read -r flags <"/sys/class/net/$1/flags" || :
    # One that the backend has just made is down, and has no addresses. (1: IFF_UP)
    [ $((flags & 1)) != 0 ] || return 0
    ip link set dev "$1" down
    ip addr flush dev "$1"
}

# create_bridge BRIDGE: unless it is there
create_bridge() {
    [ ! -e "/sys/class/net/$1/bridge" ] || return 0
    ip link add name "$1" type bridge
    ip link set dev "$1" type bridge forward_delay 0 2>/dev/null || :
}

# add_to_bridge BRIDGE PORT: and up
add_to_bridge() {
    [ -e "/sys/class/net/$1/brif/$2" ] || ip link set dev "$2" master "$1"
    ip link set dev "$2" up
}

remove_from_bridge() {
    do_without_error ip link set dev "$2" nomaster
}

# join_bridge BRIDGE PORT: setup_virtual_bridge_port, set_mtu and add_to_bridge in one step, for one
# that is down
join_bridge() {
    local mtu=$node_mtu has=''
    [ -n "$mtu" ] || read -r mtu 2>/dev/null <"/sys/class/net/$1/mtu" || :
    read -r has 2>/dev/null <"/sys/class/net/$2/mtu" || :
    [ "$mtu" = "$has" ] || ip link set dev "$2" mtu "$mtu" || mtu=
    do_or_die ip link set dev "$2" address "$port_mac" master "$1" up
    [ "$type_if" != vif ] || [ -z "$mtu" ] || [ -z "$node_frontend" ] ||
        xenstore_later="$xenstore_later $node_frontend/mtu $mtu"
}

# set_mtu BRIDGE PORT TYPE: the one asked for, else the bridge's; the guest is told
set_mtu() {
    local mtu has=''
    mtu=$(xenstore_read_default "$XENBUS_PATH/mtu" "")
    [ -n "$mtu" ] || read -r mtu 2>/dev/null <"/sys/class/net/$1/mtu" || :
    [ "${mtu:-0}" -gt 0 ] 2>/dev/null || return 0
    read -r has 2>/dev/null <"/sys/class/net/$2/mtu" || :
    [ "$has" = "$mtu" ] || ip link set dev "$2" mtu "$mtu" || :
    [ "$3" != vif ] ||
        xenstore_write "$(xenstore_read "$XENBUS_PATH/frontend")/mtu" "$mtu"
}

preiftransfer() {
    :
}

ifup() {
    ip link set dev "$1" up
}

ifdown() {
    ip link set dev "$1" down
}

# ip_of INTERFACE: its first IPv4 address
ip_of() {
    ip -4 addr show dev "$1" 2>/dev/null | awk '$1 == "inet" && !found { sub("/.*", "", $2); print $2; found = 1 }'
}

# dom0_ip: the address that routed guests see dom0 under
dom0_ip() {
    local interface=${netdev:-eth0} address
    address=$(ip_of "$interface")
    [ -n "$address" ] ||
        fatal "$interface has no IPv4 address: name an interface that has one with gatewaydev="
    printf '%s\n' "$address"
}
