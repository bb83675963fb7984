import { useEffect, useState } from 'react';

export interface Reading {
	/** How many attachments are being read. */
	readonly count: number;
	/** Follows one until it is attached; `false` from it means that it could not be. */
	readonly follow: (work: Promise<boolean>) => Promise<void>;
	/** Sends now, or as soon as what is being read is attached: nothing that was chosen may miss its message. */
	readonly sendWhenRead: () => Promise<void>;
}

/** Keeps a message from leaving before what was chosen for it. */
export function useReading(send: () => Promise<void>): Reading {
	const [count, setCount] = useState(0);
	const [isWanted, setIsWanted] = useState(false);
	useEffect(() => {
		if (!isWanted || count > 0) return;
		setIsWanted(false);
		void send();
	}, [isWanted, count, send]);
	const follow = async (work: Promise<boolean>): Promise<void> => {
		setCount(before => before + 1);
		const isAttached = await work.catch(() => false);
		// Its failure is shown above the composer; whether to send without it is for the person to say.
		if (!isAttached) setIsWanted(false);
		setCount(before => before - 1);
	};
	return { count, follow, sendWhenRead: async () => (count > 0 ? setIsWanted(true) : send()) };
}
