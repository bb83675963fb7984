import { readWord } from './kernelFile';
import type { Mount } from '../diskSpace';

const remote =
	/^(nfs\d?|cifs|smb\d?|smbfs|afs|ceph|glusterfs|lustre|beegfs|gpfs|fuse\.(sshfs|rclone|gcsfuse|s3fs|glusterfs|ceph).*|9p|virtiofs|drvfs)$/;
/** File systems of a disk that are not on a device below `/dev`. */
const ofDisk = /^(zfs|btrfs|overlay|bcachefs|fuseblk)$/;
/** Single files that a container gets from its host. */
const givenFiles = /^\/etc\/(hosts|hostname|resolv\.conf)$/;
const readOnlyImages = /^(squashfs|iso9660|erofs|cramfs)$/;

/** `\040` is a space in `/proc/mounts`. */
function unescaped(word: string): string {
	return word.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}

/** Reads `/proc/mounts`: file systems that hold a user's files, each device once, where it is mounted first. */
export function parseMounts(text: string): readonly Mount[] {
	const found = new Map<string, Mount>();
	for (const line of text.split('\n')) {
		const [device = '', mount = '', type = ''] = line.split(' ').map(unescaped);
		const isRemote = remote.test(type);
		const isDisk = device.startsWith('/dev/') || ofDisk.test(type) || isRemote;
		if (mount === '' || !isDisk || readOnlyImages.test(type) || givenFiles.test(mount)) continue;
		if (type === 'overlay' && mount !== '/') continue;
		// Subvolumes and directories mounted elsewhere share the space of their device; the shortest place is its own.
		const key = type === 'overlay' || type === 'zfs' ? mount : device;
		const other = found.get(key);
		if (!other || mount.length < other.mount.length) found.set(key, { mount, device, type, isRemote });
	}
	return [...found.values()].toSorted((left, right) => (left.mount < right.mount ? -1 : 1));
}

/** What is mounted now. */
export function readMounts(proc: string): readonly Mount[] {
	return parseMounts(readWord(`${proc}/mounts`) ?? '');
}
