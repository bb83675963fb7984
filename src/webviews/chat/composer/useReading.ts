import { useEffect, useRef, useState } from 'react';

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
	const isWanted = useRef(false);
	useEffect(() => {
		if (!isWanted.current || count > 0) return;
		isWanted.current = false;
		void send();
	}, [count, send]);
	const follow = async (work: Promise<boolean>): Promise<void> => {
		setCount(before => before + 1);
		const isAttached = await work.catch(() => false);
		// Its failure is shown above the composer; whether to send without it is for the person to say.
		if (!isAttached) isWanted.current = false;
		setCount(before => before - 1);
	};
	return {
		count,
		follow,
		sendWhenRead: async () => {
			if (count === 0) await send();
			else isWanted.current = true;
		},
	};
}
