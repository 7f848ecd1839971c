# SPDX-License-Identifier: Apache-2.0
cp "$HOME/file" "$base/srv/" ../srv/file
curl --unix-socket "$socket" http://localhost/v1/host
# Licences: https://spdx.org/licenses/. The guest's homework; a network of issues.
