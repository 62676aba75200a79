# inventory: hosts as people write them down
INVENTORY_LIB = src/inventory/libinventory.a
noinst_LIBRARIES += $(INVENTORY_LIB)
src_inventory_libinventory_a_SOURCES = \
	src/inventory/inventory.h \
	src/inventory/inside.h \
	src/inventory/inventory.c \
	src/inventory/pattern.c \
	src/inventory/list.c \
	src/inventory/ssh_args.c \
	src/inventory/vars.c \
	src/inventory/graph.c \
	src/inventory/beside.c \
	src/inventory/ini.c \
	src/inventory/yaml.c
src_inventory_libinventory_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS)
