# contrib: for teams that have more than a console
ansibledir = $(pkgdatadir)/ansible
dist_ansible_DATA = contrib/ansible/README.md contrib/ansible/halligan.yml \
	contrib/ansible/inventory.example.yml
